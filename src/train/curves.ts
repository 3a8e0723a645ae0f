/**
 * What a run leaves behind while it goes: points by step, plain data that travels between worker, page, file and storage.
 * Losses in nats a token unless said otherwise; steps count updates from 1, and step 0 is the fresh model.
 */
import type { Recipe } from './recipe';

/** The groups of parameters that a gradient norm is reported for, in the order of the numbers. */
export const parameterGroups = ['embedding', 'attention', 'ffn', 'norm', 'head', 'vector'] as const;
export type ParameterGroup = (typeof parameterGroups)[number];

export interface StepPoint {
  readonly step: number;
  /** Training loss of the batch, before the update. */
  readonly loss: number;
  readonly learningRate: number;
  /** Of all gradients, before clipping. */
  readonly gradientNorm: number;
  /** By parameter group, before clipping; 0 where the model has none. */
  readonly groupNorms: readonly number[];
  /** ‖Δw‖ / ‖w‖ by parameter group. */
  readonly updateRatios: readonly number[];
  readonly tokensPerSecond: number;
}

export interface EvaluationPoint {
  readonly step: number;
  readonly heldOutLoss: number;
  readonly bitsPerCharacter: number;
  /** Tokens and characters that were scored. */
  readonly tokens: number;
  readonly characters: number;
}

export interface ProbePoint {
  readonly step: number;
  readonly kind: string;
  readonly correct: number;
  readonly n: number;
}

export interface SamplePoint {
  readonly step: number;
  readonly text: string;
}

/** A value that was changed while the run went on; it holds from the step after `step`. */
export interface ChangePoint {
  readonly step: number;
  readonly key: LiveKey;
  readonly from: number;
  readonly to: number;
}

/** What carries a run from the step after `step` on: an adapter, or the CPU. One at its start, another for every change. */
export interface CarrierPoint {
  readonly step: number;
  readonly adapter: string;
}

export type LiveKey = keyof Pick<Recipe, 'learningRate' | 'batch' | 'weightDecay'>;

export interface Curves {
  readonly steps: readonly StepPoint[];
  readonly evaluations: readonly EvaluationPoint[];
  readonly probes: readonly ProbePoint[];
  readonly samples: readonly SamplePoint[];
  readonly changes: readonly ChangePoint[];
  readonly carriers: readonly CarrierPoint[];
}

export const noCurves: Curves = { steps: [], evaluations: [], probes: [], samples: [], changes: [], carriers: [] };

/** Best and last held-out loss, last training loss; null before the first point. */
export function summaryOf({ steps, evaluations }: Curves) {
  const losses = evaluations.map((point) => point.heldOutLoss);
  return {
    step: steps.at(-1)?.step ?? 0,
    lastLoss: steps.at(-1)?.loss ?? null,
    lastHeldOutLoss: losses.at(-1) ?? null,
    bestHeldOutLoss: losses.length > 0 ? Math.min(...losses) : null,
    lastBitsPerCharacter: evaluations.at(-1)?.bitsPerCharacter ?? null,
  };
}
