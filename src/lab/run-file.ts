/**
 * Runs as a file: recipe, facts and curves of one or several, as JSON. Dropping the file on the page brings them back.
 * What is read comes from anywhere, so every value is checked; the weights are a model folder of their own.
 */
import { parseRecipe, RecipeError } from '../train/recipe';
import type { StepCost } from '../train/trainer';
import { curvesShape } from './curves-shape';
import { count, finite, listOf, oneOf, orNull, record, type Shape, ShapeError, text } from './json-shape';
import type { RunFacts, RunFile, RunRecord } from './run-record';

const kind = 'pangu-pi-runs';

/** Raised when a file of this version could not be read as one of the version before. */
const version = 1;

export const runStates = [
  'running',
  'paused',
  'interrupted',
  'done',
  'cancelled',
  'diverged',
  'recorded',
] as const satisfies readonly RunRecord['state'][];

/** A file that holds no runs, or runs that cannot be read. Its message is a sentence that starts with the file's name. */
export class RunFileError extends Error {
  override readonly name = 'RunFileError';
}

/** The runs as the text of a file. Runs that are going on stand in it as interrupted: the file cannot go on by itself. */
export function writeRunFile(runs: readonly RunRecord[]): string {
  const file: RunFile = { kind, schemaVersion: version, runs: runs.map(atRest) };
  return `${JSON.stringify(file, null, 1)}\n`;
}

/** Reads the text of a run file; `source` names it in errors. Throws RunFileError. */
export function readRunFile(content: string, source: string): RunRecord[] {
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch (error) {
    throw new RunFileError(`${source} is not JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
  const given = (typeof json === 'object' && json !== null ? json : {}) as Partial<Record<keyof RunFile, unknown>>;
  if (given.kind !== kind) {
    throw new RunFileError(`${source} holds no runs: choose a file that was exported here, with kind "${kind}".`);
  }
  checkVersion(given.schemaVersion, source, 'The file');
  try {
    const runs = listOf(runShape)(given.runs, 'runs').map(atRest);
    if (runs.length === 0) throw new RunFileError(`${source} holds no runs: it was exported with none selected.`);
    return runs;
  } catch (error) {
    if (error instanceof ShapeError) throw new RunFileError(`${source}: ${error.message}`);
    if (error instanceof RecipeError) throw new RunFileError(`${source}: ${error.message}`);
    throw error;
  }
}

/** Checks one run, from a file or from storage. Throws ShapeError or RecipeError with the place. */
export const runShape: Shape<RunRecord> = (value, place) => {
  const shell = record<Omit<RunRecord, 'recipe'>>({
    schemaVersion: oneOf(version),
    id: text(100),
    name: orNull(text(200)),
    created: dateText,
    state: oneOf(...runStates),
    adapter: text(300),
    facts: factsShape,
    curves: curvesShape,
    seconds: finite,
    problem: orNull(text(2000)),
  })(value, place);
  return { ...shell, recipe: parseRecipe((value as { recipe?: unknown }).recipe, `${place}.recipe`) };
};

/**
 * What to store of the runs that a file brings: a run that is known by its id is the same run, so it is taken only when it
 * went further than the stored one. Of two in the file the one that went further counts.
 */
export function mergeRuns(
  stored: readonly RunRecord[],
  incoming: readonly RunRecord[],
): { readonly taken: readonly RunRecord[]; readonly known: number } {
  const reach = new Map(stored.map((run) => [run.id, lastStep(run)]));
  const taken = new Map<string, RunRecord>();
  for (const run of incoming) {
    if (lastStep(run) <= (reach.get(run.id) ?? -1)) continue;
    reach.set(run.id, lastStep(run));
    taken.set(run.id, run);
  }
  return { taken: [...taken.values()], known: incoming.length - taken.size };
}

function lastStep({ curves }: RunRecord): number {
  return curves.steps.at(-1)?.step ?? 0;
}

function atRest(run: RunRecord): RunRecord {
  return run.state === 'running' || run.state === 'paused' ? { ...run, state: 'interrupted' } : run;
}

function checkVersion(given: unknown, source: string, what: string): void {
  if (given === version) return;
  if (typeof given === 'number' && given > version) {
    throw new RunFileError(
      `${source}: ${what} is of version ${given}, made by a newer page; this page reads version ${version}. Reload the page to get the newest.`,
    );
  }
  throw new RunFileError(
    `${source}: schemaVersion is ${JSON.stringify(given) ?? 'missing'}, not ${version}: the file is damaged.`,
  );
}

function dateText(value: unknown, place: string): string {
  const date = text(40)(value, place);
  if (Number.isNaN(Date.parse(date))) throw new ShapeError(place, value, 'a date like 2026-01-31T12:00:00.000Z');
  return date;
}

const costShape = record<StepCost>({
  flops: finite,
  dispatches: count,
  submits: count,
  weightBytes: finite,
  activationBytes: finite,
  tokens: count,
});

const factsShape = record<RunFacts>({
  parameters: count,
  vocabulary: count,
  dataHash: text(64),
  kernelsHash: text(64),
  trainingTokens: orNull(count),
  heldOutTokens: count,
  freshLoss: finite,
  floor: orNull(record({ nats: finite, bitsPerCharacter: finite })),
  cost: costShape,
});
