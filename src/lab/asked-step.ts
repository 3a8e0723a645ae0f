/** A step that a trainer was asked for: its batches and values on the way in, its curve point on the way out. */
import type { Batch, BatchStream } from '../data/batches';
import type { StepPoint } from '../train/curves';
import { learningRateAt } from '../train/schedule';
import type { StepResult, Trainer } from '../train/trainer';
import type { PreparedRun } from './prepared-run';
import type { RunCurves } from './run-curves';

export interface AskedStep {
  readonly step: number;
  readonly batches: readonly Batch[];
  /** Rows of all batches. */
  readonly tokens: number;
  readonly learningRate: number;
  /** When it was asked for, in milliseconds. */
  readonly begun: number;
  readonly result: Promise<StepResult>;
}

export interface StepQuestion {
  readonly prepared: PreparedRun;
  readonly trainer: Trainer;
  readonly stream: BatchStream;
  /** Hold the values that were changed during the run. */
  readonly curves: RunCurves;
  /** B */
  readonly rows: number;
  readonly step: number;
  readonly now: number;
}

/** Takes the next batches and asks for one update from them, without waiting for it. */
export function askStep({ prepared, trainer, stream, curves, rows, step, now }: StepQuestion): AskedStep {
  const { recipe, prefixLength } = prepared;
  const shape = { batch: rows, context: recipe.context, prefixLength };
  const batches = Array.from({ length: recipe.accumulation }, () => stream.next(shape));
  const highest = curves.valueAt(recipe, 'learningRate', step);
  const learningRate = learningRateAt({ ...recipe, learningRate: highest }, step);
  const weightDecay = curves.valueAt(recipe, 'weightDecay', step);
  const result = trainer.step(batches, { step, learningRate, weightDecay });
  // It is awaited in its turn; until then a failure must not count as unhandled.
  result.catch(() => {});
  const tokens = batches.reduce((sum, batch) => sum + batch.ids.length, 0);
  return { step, batches, tokens, learningRate, begun: now, result };
}

export function pointOf({ step, learningRate }: AskedStep, result: StepResult, tokensPerSecond: number): StepPoint {
  const { loss, gradientNorm, groupNorms, updateRatios } = result;
  return { step, loss, learningRate, gradientNorm, groupNorms, updateRatios, tokensPerSecond };
}
