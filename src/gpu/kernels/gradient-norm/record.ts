/**
 * What passes between the host and the optimiser's kernels in one step: `update`, which the host writes, `rules` of the
 * parameter groups, and `record`, which `stepRecord` fills, which the optimiser obeys and which the host reads back.
 *
 * Parameters, gradients and moments are flat buffers f32[P] of chunks of 256 elements (see src/graph/flat.ts).
 */
import { pow } from '../../../graph/exact-math';
import { chunkSize } from '../../../graph/flat';
import { elements, type Tensor } from '../../../graph/tensor';

/** Group of a chunk that an optimiser leaves to another one. */
export const otherOptimiser = 0xffffffff;

/** Most parameter groups; `record` and `ratios` have room for so many norms. */
export const mostGroups = 12;

/** f32[32]. */
export const recordLength = 32;

/** Places in `record`. */
export const recordAt = {
  /** Sum of the losses of the step's rows, in nats. */
  loss: 0,
  /** Norm of the gradients over all parameters, before clipping. */
  norm: 1,
  /** Factor of the gradients: min(1, clip / norm). */
  clip: 2,
  /** 1 when the loss and every gradient is finite, else 0, and the optimiser changes nothing. */
  finite: 3,
  /** Norms of the groups' gradients, `mostGroups` of them; infinite where a gradient is not finite. */
  groups: 8,
  /** The first twelve values of `update`, so that an optimiser has one binding less. */
  update: 20,
} as const;

/** f32[16]. */
export const updateLength = 16;

/** Places in `update`. */
export const updateAt = {
  learningRate: 0,
  beta1: 1,
  beta2: 2,
  epsilon: 3,
  /** 1 − beta1ᵗ and 1 − beta2ᵗ. */
  correction1: 4,
  correction2: 5,
  clip: 6,
  momentum: 7,
  nesterov: 8,
} as const;

/** f32[16]: `ratios`, the update-to-weight ratio of each group. */
export const ratiosLength = 16;

/** A step of an optimiser, as its recipe says it. */
export interface StepRule {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Largest norm of the gradients; 0 is off. */
  readonly clip: number;
  readonly momentum: number;
  readonly nesterov: boolean;
}

/**
 * The `update` state of step t = 1, 2, …. The bias corrections are those of the betas as f32 holds them: then
 * 1 − beta, which the kernels form, fits its correction (for beta2 = 0.999 the difference is 1e-5 of an update).
 */
export function updateOf(rule: StepRule, t: number): Float32Array<ArrayBuffer> {
  const update = new Float32Array(updateLength);
  const { learningRate, beta1, beta2, epsilon, clip, momentum, nesterov } = rule;
  const values = {
    learningRate,
    beta1,
    beta2,
    epsilon,
    correction1: 1 - pow(Math.fround(beta1), t),
    correction2: 1 - pow(Math.fround(beta2), t),
    clip,
    momentum,
    nesterov: Number(nesterov),
  } satisfies Record<keyof typeof updateAt, number>;
  for (const [key, place] of Object.entries(updateAt)) update[place] = values[key as keyof typeof updateAt];
  return update;
}

/** P / 256; throws when the flat buffer does not consist of whole chunks. */
export function chunksOf(flat: Tensor): number {
  const P = elements(flat.shape);
  if (P % chunkSize !== 0) {
    throw new RangeError(`${flat.name} has ${P} elements: a flat buffer consists of chunks of ${chunkSize}; pad it.`);
  }
  return P / chunkSize;
}
