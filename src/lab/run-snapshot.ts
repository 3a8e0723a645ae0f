/**
 * All that a run needs to go on as if it had never stopped: weights, moments, step, place in the data, and the curves up to
 * there. Random numbers are drawn by (seed, step), so the step is their state; values that were changed during the run are
 * among the curves. The text of a dropped file is kept beside it, under its hash.
 *
 * As a file it is a safetensors: three flat tensors in the trainer's layout, the rest as JSON in the metadata.
 */
import type { BatchPosition } from '../data/batches';
import { numberFormats } from '../model/number-format';
import { readSafetensors, type StoredTensor, writeSafetensors } from '../model/safetensors';
import type { Curves } from '../train/curves';
import type { TrainerState } from '../train/trainer';
import { curvesShape } from './curves-shape';
import { count, finite, oneOf, record, ShapeError, text } from './json-shape';

/** Raised when a snapshot of this version could not be read as one of the version before, or the trainer's layout changes. */
const version = 1;

export interface RunSnapshot {
  readonly schemaVersion: typeof version;
  /** Updates that went into the weights. */
  readonly step: number;
  readonly state: TrainerState;
  readonly position: BatchPosition;
  readonly curves: Curves;
  /** Seconds of training so far. */
  readonly seconds: number;
  /** Of the data, to refuse going on with other text. */
  readonly dataHash: string;
  /** Content of tokenizer.json. */
  readonly tokenizerJson: unknown;
}

const stateNames = ['parameters', 'first', 'second'] as const satisfies readonly (keyof TrainerState)[];

type Rest = Omit<RunSnapshot, 'state' | 'tokenizerJson'>;

const restShape = record<Rest>({
  schemaVersion: oneOf(version),
  step: count,
  position: record<BatchPosition>({ batches: count, tokens: count, segment: count, offset: count }),
  curves: curvesShape,
  seconds: finite,
  dataHash: text(64),
});

export function writeSnapshot({ state, ...rest }: RunSnapshot): Uint8Array<ArrayBuffer> {
  const tensors = stateNames.map((name): [string, StoredTensor] => [
    name,
    { dtype: 'F32', shape: [state[name].length], data: numberFormats.F32.encode(state[name]) },
  ]);
  return writeSafetensors(new Map(tensors), { snapshot: JSON.stringify(rest) });
}

/** Throws a sentence that starts with `source` when the file is damaged, foreign or from a newer version. */
export function readSnapshot(file: Uint8Array, source: string): RunSnapshot {
  const { tensors, metadata } = readSafetensors(file, source);
  const json: unknown = metadata.snapshot === undefined ? null : JSON.parse(metadata.snapshot);
  const given = (json ?? {}) as { schemaVersion?: unknown; tokenizerJson?: unknown };
  if (typeof given.schemaVersion === 'number' && given.schemaVersion > version) {
    throw new Error(
      `${source} is of version ${given.schemaVersion}, made by a newer program; this one reads version ${version}.`,
    );
  }
  const state = stateNames.map((name) => {
    const tensor = tensors.get(name);
    if (tensor?.dtype !== 'F32') throw new Error(`${source} has no tensor ${name}: it is no snapshot of a run.`);
    return [name, numberFormats.F32.decode(tensor.data)] as const;
  });
  try {
    const rest = restShape(json, 'snapshot');
    return { ...rest, state: Object.fromEntries(state) as unknown as TrainerState, tokenizerJson: given.tokenizerJson };
  } catch (error) {
    throw error instanceof ShapeError ? new Error(`${source}: ${error.message}`) : error;
  }
}
