/**
 * The engine on the command line: `npm run lab -- <command> [options]`. Each command is a file in `commands/`.
 * With `--json` a command prints JSON lines for machines and nothing else on standard output.
 */
import { type Command, parseOptions, UsageError } from './command';
import { calibrateCommand } from './commands/calibrate';
import { deviceCommand } from './commands/device';
import { evaluateCommand } from './commands/evaluate';
import { generateCommand } from './commands/generate';
import { insideCommand } from './commands/inside';
import { logitsCommand } from './commands/logits';
import { offloadMeasureCommand } from './commands/offload-measure';
import { offloadRunCommand } from './commands/offload-run';
import { offloadSimulateCommand } from './commands/offload-simulate';
import { profileCommand } from './commands/profile';
import { pruneModelCommand } from './commands/prune-model';
import { quantiseCommand } from './commands/quantise';
import { resultsCommand } from './commands/results';
import { shapesCommand } from './commands/shapes';
import { sweepCommand } from './commands/sweep';
import { tokenizerCoverageCommand } from './commands/tokenizer-coverage';
import { tokenizerPruneCommand } from './commands/tokenizer-prune';
import { trainCommand } from './commands/train';
import { upcycleCommand } from './commands/upcycle';

const commands: Readonly<Record<string, Command>> = {
  generate: generateCommand,
  train: trainCommand,
  sweep: sweepCommand,
  results: resultsCommand,
  logits: logitsCommand,
  'tokenizer prune': tokenizerPruneCommand,
  'tokenizer coverage': tokenizerCoverageCommand,
  evaluate: evaluateCommand,
  'prune-model': pruneModelCommand,
  quantise: quantiseCommand,
  upcycle: upcycleCommand,
  inside: insideCommand,
  'offload simulate': offloadSimulateCommand,
  'offload run': offloadRunCommand,
  'offload measure': offloadMeasureCommand,
  shapes: shapesCommand,
  profile: profileCommand,
  calibrate: calibrateCommand,
  device: deviceCommand,
};

async function main(args: readonly string[]): Promise<number> {
  // A name has one word or two.
  const words = commands[args.slice(0, 2).join(' ')] ? 2 : 1;
  const name = args.length > 0 ? args.slice(0, words).join(' ') : undefined;
  const rest = args.slice(words);
  const command = commands[name ?? ''];
  if (!command) {
    process.stderr.write(name && name !== '--help' ? `There is no command ${name}.\n${help()}` : help());
    return name === '--help' ? 0 : 2;
  }
  try {
    await command.run(parseOptions(command, rest));
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    if (error instanceof UsageError) process.stderr.write(`${usage(name ?? '', command)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

function help(): string {
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(12)} ${summary}`);
  return `npm run lab -- <command> [options]\n\n${lines.join('\n')}\n`;
}

function usage(name: string, command: Command): string {
  const options = Object.entries(command.options).map(
    ([key, { value, about }]) => `  --${key} ${value}`.padEnd(28) + about,
  );
  return `npm run lab -- ${name}\n${options.join('\n')}`;
}

// Dawn keeps the event loop alive; output is flushed before the exit.
process.exitCode = await main(process.argv.slice(2));
process.stdout.write('', () => process.exit());
