/**
 * What trains a model, whichever backend carries it: `gpu-trainer.ts` and `host-trainer.ts` implement it, the run in
 * `src/lab/training-run.ts` drives it. A trainer knows batches of ids; it knows no text, no files and no clock.
 */

import type { Batch } from '../data/batches';
import type { Winners } from '../gpu/choice';
import type { Device } from '../gpu/device';
import type { Pipelines } from '../gpu/pipelines';
import type { ExecutorSource } from '../graph/executor';
import type { KernelTime } from '../graph/kernel-time';
import type { Family } from '../graph/operation';
import type { Tensor } from '../graph/tensor';
import type { Weights } from '../graph/weights';
import type { ModelConfig } from '../model/config';
import type { RecipeValues } from './recipe-schema';

/** What may change from step to step. */
export interface StepValues {
  /** Counted from 1. */
  readonly step: number;
  readonly learningRate: number;
  readonly weightDecay: number;
}

export interface StepResult {
  /** Mean over the counted targets of the step in nats, before the update. */
  readonly loss: number;
  /** Of all gradients, before clipping. */
  readonly gradientNorm: number;
  /** In the order of `parameterGroups`. */
  readonly groupNorms: readonly number[];
  /** ‖Δw‖ / ‖w‖ in the order of `parameterGroups`. */
  readonly updateRatios: readonly number[];
  /** When false the update was left out: weights and moments are those before the step. */
  readonly finite: boolean;
}

/** Everything a trainer carries from one step to the next, besides the recipe and the number of the step. */
export interface TrainerState {
  readonly parameters: Float32Array<ArrayBuffer>;
  readonly first: Float32Array<ArrayBuffer>;
  readonly second: Float32Array<ArrayBuffer>;
}

/** Derived cost of one step. */
export interface StepCost {
  readonly flops: number;
  readonly dispatches: number;
  readonly submits: number;
  /** Parameters, gradients and moments. */
  readonly weightBytes: number;
  readonly activationBytes: number;
  /** Rows of all batches of a step. */
  readonly tokens: number;
}

export type TrainerBackend =
  | {
      readonly kind: 'gpu';
      readonly device: Device;
      readonly pipelines: Pipelines;
      readonly subgroups: boolean;
      readonly winners?: Winners;
      /** Run this family wherever it can; else what usually wins on such an adapter. */
      readonly family?: Family;
    }
  /** WebAssembly on the engine; without one, the twin in float32. */
  | { readonly kind: 'cpu'; readonly engine?: ExecutorSource };

/** The part of a recipe that a trainer needs. */
export type TrainingValues = Pick<
  RecipeValues,
  | 'batch'
  | 'context'
  | 'accumulation'
  | 'optimizer'
  | 'beta1'
  | 'beta2'
  | 'epsilon'
  | 'momentum'
  | 'clip'
  | 'dropout'
  | 'seed'
>;

export interface TrainerOptions {
  readonly backend: TrainerBackend;
  readonly config: ModelConfig;
  readonly recipe: TrainingValues;
  /** Start from these; fresh ones are drawn from the recipe's seed unless given. */
  readonly weights?: Weights;
  /** Length of the prefix that sees itself in both directions, in a prefix model. */
  readonly prefixLength?: number;
  /** Learned vectors in front of every sequence; 0 unless given. */
  readonly softPrompt?: number;
  /** Parameters that learn; all unless given. */
  readonly trainable?: (parameter: Tensor) => boolean;
  /** A step that takes longer is cut into submits of about so many milliseconds, so that others get a turn; 50 unless given. */
  readonly longestSubmit?: number;
  readonly onProgress?: (task: 'upload' | 'compile', done: number, total: number) => void;
}

export interface Trainer {
  readonly cost: StepCost;
  /** Of the text of every kernel that runs, hexadecimal. */
  readonly kernelsHash: string;
  /**
   * One update from `accumulation` batches. Resolves when its numbers are back; up to three steps may be under way, so
   * call the next without waiting for the one before.
   */
  step(batches: readonly Batch[], values: StepValues): Promise<StepResult>;
  /** Σ nats over the counted targets, forward only. */
  score(batch: Batch): Promise<number>;
  /** The loss of each row in nats, forward only; 0 where it does not count. */
  losses(batch: Batch): Promise<Float32Array>;
  /** Another B from the next step on. Weights and moments stay. */
  setBatch(rows: number): Promise<void>;
  /** What the trainer carries after the last step that was asked for. */
  capture(): Promise<TrainerState>;
  /** Goes back to a captured state. */
  restore(state: TrainerState): void;
  /** The weights by the checkpoint's names. */
  weights(): Promise<Map<string, Float32Array<ArrayBuffer>>>;
  /** After a step that was not finite: the parameter whose gradient is not, nearest to the loss; null when all are. */
  culprit(): Promise<string | null>;
  /** Times every kernel of one step with a pass of its own; weights and moments are as before afterwards. */
  profile(): Promise<readonly KernelTime[]>;
  destroy(): void;
}
