/**
 * An experiment as a value: which runs a question is answered by. The panel, the command line and the recorded files all hold
 * it in this form; `arms.ts` turns it into runs, `runner.ts` carries them out, `results.ts` says what came out.
 *
 * An arm is one setting of the axes; every arm is trained once a seed, on the same data in the same order as the other arms
 * (paired seeds). Learning rates are searched per arm, because a deep model wants another one than a shallow model.
 */
import type { Recipe } from '../../train/recipe';
import type { AxisKey, AxisValue } from './axes';

export const experimentVersion = 1;

/** Values that an axis takes, in the order in which they are shown. */
export interface Axis {
  readonly key: AxisKey;
  readonly values: readonly AxisValue[];
}

/** A range that random configurations are drawn from: whole numbers between the bounds, both included, on a log scale. */
export interface RandomRange {
  readonly key: AxisKey;
  readonly from: number;
  readonly to: number;
}

export type Arms =
  /** Every combination of one or two axes. */
  | { readonly kind: 'grid'; readonly axes: readonly [Axis] | readonly [Axis, Axis] }
  /** `count` configurations, drawn from `seed`. */
  | { readonly kind: 'random'; readonly ranges: readonly RandomRange[]; readonly count: number; readonly seed: number };

export const heldQuantities = ['parameters', 'flops', 'bytes'] as const;
export type HeldQuantity = (typeof heldQuantities)[number];

export const freeFields = ['model.hidden_size', 'model.num_hidden_layers', 'model.intermediate_size'] as const;
export type FreeField = (typeof freeFields)[number];

/** What is the same in every arm, and the field that is solved for so that it is. */
export interface Hold {
  readonly quantity: HeldQuantity;
  readonly free: FreeField;
  /** Null: what the base recipe has. Parameters, FLOPs of a token forward, or bytes of the weights in f32. */
  readonly target: number | null;
}

/** How long a run is. */
export type Length =
  /** The base recipe's steps. */
  | { readonly kind: 'steps' }
  /** So many tokens a parameter, of the arm's own parameters. */
  | { readonly kind: 'tokensPerParameter'; readonly value: number };

/** A short search before the runs of an arm: the best factor of the base learning rate is taken. */
export interface LearningRateSearch {
  /** Factors of the base recipe's rate, ascending; one alone is no search. */
  readonly factors: readonly number[];
  /** Steps of a search run, as a share of a whole run's. */
  readonly share: number;
}

export interface Experiment {
  readonly schemaVersion: typeof experimentVersion;
  /** The id of the preset it was made from; null: the user's own. */
  readonly preset: string | null;
  /** A pair runs its two arms in step; a sweep one after the other. */
  readonly kind: 'pair' | 'sweep';
  readonly base: Recipe;
  readonly arms: Arms;
  readonly hold: Hold | null;
  readonly length: Length;
  readonly search: LearningRateSearch;
  readonly seeds: readonly number[];
}

/** One setting of the axes, as a recipe. */
export interface Arm {
  /** Unique in its experiment, made of its values: `depth=4`. */
  readonly id: string;
  /** In the order of the axes (or ranges). */
  readonly values: readonly AxisValue[];
  /** With the base's seed and learning rate; the runner sets both. */
  readonly recipe: Recipe;
  readonly parameters: number;
  /** Of one token forward. */
  readonly flopsPerToken: number;
  /** Training tokens of one run, and the same over the parameters. */
  readonly tokens: number;
  readonly tokensPerParameter: number;
  /** How far the held quantity is from its target, as a share; null where nothing is held. */
  readonly mismatch: number | null;
}

/** One training run that an experiment needs. */
export interface Job {
  /** Unique: arm, purpose, factor and seed. */
  readonly id: string;
  readonly arm: string;
  /** A `search` run finds the arm's learning rate; a `run` counts. */
  readonly purpose: 'search' | 'run';
  /** Of the base's learning rate; null in a `run` until the search of its arm is done. */
  readonly factor: number | null;
  readonly seed: number;
}

export interface JobPoint {
  readonly step: number;
  /** Held-out loss in nats a token. */
  readonly heldOutLoss: number;
  readonly bitsPerCharacter: number;
}

/** What a run left behind; small, since a sweep has hundreds. */
export interface JobResult {
  readonly job: string;
  readonly state: 'done' | 'diverged';
  readonly factor: number;
  /** At the last evaluation; null when it diverged before one. */
  readonly heldOutLoss: number | null;
  readonly bitsPerCharacter: number | null;
  /** Mean training loss over the last twentieth of the steps; null when it diverged. */
  readonly trainingLoss: number | null;
  /** Correct and asked, over all probes of the last round; null where none were asked. */
  readonly probes: { readonly correct: number; readonly n: number } | null;
  readonly points: readonly JobPoint[];
  readonly steps: number;
  /** Median of the run. */
  readonly tokensPerSecond: number;
  readonly seconds: number;
  readonly adapter: string;
}

export type ExperimentState = 'waiting' | 'running' | 'paused' | 'done' | 'cancelled';

/** An experiment with what is known of it so far: what is stored, exported, recorded and shown. */
export interface ExperimentRecord {
  readonly schemaVersion: typeof experimentVersion;
  /** Unique: `experiment-<time>-<random>`. */
  readonly id: string;
  /** What the user called it; null: made from its axes. */
  readonly name: string | null;
  /** ISO 8601. */
  readonly created: string;
  readonly state: ExperimentState;
  readonly experiment: Experiment;
  readonly arms: readonly Arm[];
  readonly results: readonly JobResult[];
  /** Seconds of training so far. */
  readonly seconds: number;
  /** Which answer the user expected before it ran: the id of an arm. */
  readonly prediction: string | null;
  /** Floor of the data in bits a character; null where it is not known. */
  readonly floor: number | null;
  /** A decoded token of a fresh model of each arm, measured on the device that trained; by arm id. */
  readonly decodeMilliseconds: Readonly<Record<string, DecodeTime>>;
}

/** Milliseconds a token over several samples of one measurement. */
export interface DecodeTime {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}
