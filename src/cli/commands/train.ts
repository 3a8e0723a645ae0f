/**
 * `lab train`: trains a model from a recipe file, as the Train panel does. One line at the first step, at every evaluation
 * and at the end; the folder that it writes can be opened in the page, and gone on from with `--resume`. With `--from` it starts
 * from a model, with moments of zero and the data from its beginning.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { DataFiles } from '../../data/corpus';
import { modelFiles } from '../../lab/model-files';
import { type PreparedRun, prepareRun } from '../../lab/prepared-run';
import type { RunHost, RunIdentity } from '../../lab/run-host';
import { RunKeeper } from '../../lab/run-keeper';
import type { RunSnapshot } from '../../lab/run-snapshot';
import { TrainingRun } from '../../lab/training-run';
import { parseRecipe, type Recipe } from '../../train/recipe';
import { recipeDefaults } from '../../train/recipe-schema';
import { backendOptions } from '../backend';
import { type Command, type Options, UsageError } from '../command';
import { type ReadModel, readModel, readModelFiles } from '../model';
import { RunFolder } from '../run-folder';
import { carrierOf } from '../training-carrier';
import { filesOf, textOf } from '../training-files';
import { TrainingLines } from '../training-lines';

export const trainCommand: Command = {
  summary: 'trains a model from a recipe',
  options: {
    config: { value: '<file>', about: 'recipe as JSON; what it leaves out takes its default' },
    from: {
      value: '<id|folder>',
      about:
        'a model to start from: its weights, shape and tokenizer, in place of fresh weights and those of the recipe',
    },
    text: { value: '<file>', about: 'text file to train on, in place of the recipe’s corpus' },
    steps: { value: '<n>', about: 'updates, in place of the recipe’s' },
    seed: { value: '<n>', about: 'in place of the recipe’s' },
    resume: { value: '<folder>', about: 'goes on with the run that was written there' },
    out: { value: '<folder>', about: 'where model, recipe, curves and snapshot are written (.cache/runs/<recipe>)' },
    ...backendOptions,
    kernels: { value: 'auto|naive|thread|group', about: 'which kernel family runs wherever it can', default: 'auto' },
    json: { value: '', about: 'a JSON line at the first step, at every evaluation and at the end' },
  },
  async run(options) {
    const job = await jobOf(options);
    const lines = new TrainingLines(options.flag('json'));
    const prepared = startingFrom(await prepareRun(job.recipe, job.files, {}, job.snapshot), job.from);
    const begun = performance.now();
    const carrier = await carrierOf(options, prepared);
    const keeper = new RunKeeper(job.folder, (problem) => process.stderr.write(`${problem}\n`));
    const host: RunHost = {
      now: () => performance.now(),
      // A new device is a new process: the snapshot is kept, and --resume goes on from it.
      recover: async () => null,
      onProgress: () => {},
      onPoints: (points) => lines.points(points, run.record(), performance.now() - begun),
      onRecord: () => {},
      keep: (record, snapshot, last) => keeper.keep(record, snapshot, last),
    };
    const run = await TrainingRun.open(job.identity, prepared, carrier, host, job.snapshot);
    if (job.text) await keeper.keepText('', job.text);
    process.once('SIGINT', () => void run.cancel());
    await run.go();
    await finish(run, prepared, job.folder, lines);
  },
};

interface Job {
  readonly identity: RunIdentity;
  readonly recipe: Recipe;
  readonly files: DataFiles;
  readonly snapshot: RunSnapshot | null;
  readonly folder: RunFolder;
  /** Of the file that was given; null when the recipe names none. */
  readonly text: string | null;
  /** The model that the run starts from; null with fresh weights. */
  readonly from: ReadModel | null;
}

async function jobOf(options: Options): Promise<Job> {
  const changes = {
    ...(options.optional('steps') !== undefined && { steps: options.integer('steps', 1, 1_000_000) }),
    ...(options.optional('seed') !== undefined && { seed: options.integer('seed', 0, 2 ** 32 - 1) }),
  };
  const resumed = options.optional('resume');
  const out = options.optional('out');
  const start = options.optional('from');
  if (resumed !== undefined) {
    if (start !== undefined) throw new UsageError('--from starts a new run: leave it out with --resume.');
    const from = new RunFolder(resumed);
    const { record, snapshot } = await from.read();
    const text = textOf(options.optional('text') ?? (existsSync(from.text) ? from.text : undefined));
    const recipe = parseRecipe(fitted({ ...record.recipe, ...changes }), resumed);
    const folder = new RunFolder(out ?? resumed);
    return {
      identity: record,
      recipe,
      files: filesOf(text),
      snapshot,
      folder,
      text: text?.content ?? null,
      from: null,
    };
  }
  const config = options.optional('config');
  if (config === undefined) throw new UsageError('--config is missing: name a recipe file, or a folder with --resume.');
  const text = textOf(options.optional('text'));
  const corpus = text && { corpus: { kind: 'file', name: text.name, hash: text.hash } };
  const from = start === undefined ? null : readModel(start);
  const given = { schemaVersion: 1, ...recipeJson(config), ...corpus, ...changes, ...(from && shapeOf(from)) };
  const recipe = parseRecipe(changes.steps === undefined ? given : fitted(given), config);
  const created = new Date().toISOString();
  return {
    identity: {
      id: `run-${Date.parse(created).toString(36)}-${process.pid.toString(36)}`,
      name: from && `from ${from.name}`,
      created,
    },
    recipe,
    files: start === undefined ? filesOf(text) : { ...filesOf(text), tokenizer: async () => tokenizerJson(start) },
    snapshot: null,
    folder: new RunFolder(out ?? path.join('.cache', 'runs', path.basename(config, '.json'))),
    text: text?.content ?? null,
    from,
  };
}

/** What of a recipe the model decides that the run starts from. */
function shapeOf({ name, config }: ReadModel): Pick<Recipe, 'model' | 'vocabulary'> {
  const { vocab_size: _, bos_token_id: __, eos_token_id: ___, ...model } = config;
  return { model, vocabulary: { kind: 'shipped', id: name } };
}

function tokenizerJson(model: string): unknown {
  return JSON.parse(new TextDecoder().decode(readModelFiles(model).files['tokenizer.json']));
}

function startingFrom(prepared: PreparedRun, from: ReadModel | null): PreparedRun {
  if (!from) return prepared;
  const [pieces, rows] = [prepared.config.vocab_size, from.config.vocab_size];
  if (pieces === rows) return { ...prepared, weights: from.weights };
  throw new Error(
    `--from ${from.name}: the tokenizer has ${pieces} tokens and the model ${rows}, they must be as many.`,
  );
}

/** A run that is made shorter than the warm-up of its recipe warms up all the way. */
function fitted<T extends { steps?: number; warmup?: number }>(json: T): T {
  const { steps = recipeDefaults.steps, warmup = recipeDefaults.warmup } = json;
  return warmup > steps ? { ...json, warmup: steps } : json;
}

function recipeJson(file: string): object {
  if (!existsSync(file)) throw new UsageError(`--config is "${file}": there is no such file.`);
  const content = readFileSync(file, 'utf8');
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch (error) {
    throw new Error(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
  // What is no object is handed on as it is, for the recipe's own refusal.
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : parseRecipe(json, file);
}

/** Writes the model and says the last line. Throws the sentence of a run that did not end by itself. */
async function finish(run: TrainingRun, prepared: PreparedRun, folder: RunFolder, lines: TrainingLines): Promise<void> {
  const record = run.record();
  const { weights } = await run.weights();
  const { recipe, config, data } = prepared;
  await folder.putModel(modelFiles({ recipe, config, tokenizerJson: data.tokenizerJson, weights }));
  lines.end(record, folder.path);
  if (record.problem !== null) {
    throw new Error(`${record.problem} The run is kept in ${folder.path}: go on with --resume ${folder.path}.`);
  }
}
