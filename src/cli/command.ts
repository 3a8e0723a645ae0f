/**
 * What a command is, and its options: declared in a table, read with Node's own parser, converted with a sentence for
 * every wrong value.
 */
import { parseArgs } from 'node:util';

export interface OptionRow {
  /** How the value is written in the help; empty for a switch. */
  readonly value: string;
  readonly about: string;
  readonly default?: string;
}

export interface Command {
  readonly summary: string;
  readonly options: Readonly<Record<string, OptionRow>>;
  run(options: Options): Promise<void>;
}

/** A wrong or missing option; the usage is printed after the sentence. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export class Options {
  constructor(private readonly values: Readonly<Record<string, string | boolean | undefined>>) {}

  flag(name: string): boolean {
    return this.values[name] === true;
  }

  text(name: string): string {
    const value = this.values[name];
    if (typeof value !== 'string') throw new UsageError(`--${name} is missing.`);
    return value;
  }

  optional(name: string): string | undefined {
    const value = this.values[name];
    return typeof value === 'string' ? value : undefined;
  }

  number(name: string, minimum: number, maximum: number): number {
    const text = this.text(name);
    const value = Number(text);
    if (text.trim() === '' || !(value >= minimum && value <= maximum)) {
      throw new UsageError(`--${name} is "${text}": give a number from ${minimum} to ${maximum}.`);
    }
    return value;
  }

  integer(name: string, minimum: number, maximum: number): number {
    const value = this.number(name, minimum, maximum);
    if (!Number.isInteger(value)) throw new UsageError(`--${name} is ${value}: give a whole number.`);
    return value;
  }

  choice<T extends string>(name: string, choices: readonly T[]): T {
    const text = this.text(name);
    const choice = choices.find((candidate) => candidate === text);
    if (!choice) throw new UsageError(`--${name} is "${text}": choose ${choices.join(', ')}.`);
    return choice;
  }
}

/** Reads `args` against the command's table. Throws UsageError for what it does not know. */
export function parseOptions(command: Command, args: readonly string[]): Options {
  const rows = Object.entries(command.options);
  try {
    const { values } = parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      options: Object.fromEntries(
        rows.map(([name, row]) => [name, { type: row.value === '' ? ('boolean' as const) : ('string' as const) }]),
      ),
    });
    const defaults = Object.fromEntries(rows.map(([name, row]) => [name, row.default]));
    return new Options({ ...defaults, ...(values as Record<string, string | boolean>) });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Prints an object as one JSON line, or lets `human` say it. */
export function print(json: boolean, value: unknown, human: () => string): void {
  process.stdout.write(`${json ? JSON.stringify(value) : human()}\n`);
}
