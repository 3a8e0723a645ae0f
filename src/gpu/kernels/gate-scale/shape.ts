/**
 * The interface of `gateScale` and of its gradient: a learned gate's share of an expert's output.
 *
 *     out[r] = p[r] · h[r],   p[r] = softmax(scores[r])[expert[r]]
 *
 * Scaling what goes into the expert's last matrix, which has no bias, scales what comes out of it. Not CPM-2's: Switch
 * Transformer (2101.03961), section 2.1, with its load-balancing loss (eq. 4) in the gradient alone:
 *
 *     loss += coefficient · E · Σₑ fₑ · Pₑ,   fₑ the share of the rows that went to e, Pₑ = Σᵣ lossWeight[0] · softmax(scores[r])[e]
 *
 * lossWeight[0] is 1 / the rows of the whole step, so Pₑ is the mean over all micro-batches. f has no gradient.
 */
import { axis, elements, type Tensor, type TensorSpec } from '../../../graph/tensor';
import { expectShape } from '../expect-shape';

export interface GateScaleInputs {
  /** [M,F]. */
  readonly h: Tensor;
  /** [M,E]. */
  readonly scores: Tensor;
  /** u32[M]; rows without an expert are never written. */
  readonly expert: Tensor;
  /** u32[E+1+M] of `assignExperts`: how many rows each expert has. Only the gradient reads it. */
  readonly places: Tensor;
  /** f32[4] of the training step; only the gradient reads it, and only with a coefficient above 0. */
  readonly lossWeight?: Tensor | undefined;
}

export interface GateScaleOutputs {
  /** [M,F]. */
  readonly out: Tensor;
}

export interface GateScaleAttributes {
  /** Of the load-balancing loss; 0 is off, and always so where nothing learns. */
  readonly coefficient: number;
}

export interface GateScaleGradientInputs extends GateScaleInputs {
  /** [M,F]. */
  readonly gradient: Tensor;
}

export interface GateScaleGradientOutputs {
  /** [M,F]. */
  readonly dh: Tensor;
  /** [M,E]; of a row without an expert both are 0. */
  readonly dscores: Tensor;
}

export function gateScaleSizes({ h, scores }: GateScaleInputs): {
  readonly M: number;
  readonly F: number;
  readonly E: number;
} {
  const F = axis(h, -1);
  return { M: elements(h.shape) / F, F, E: axis(scores, -1) };
}

export function gateScaleOutputs(inputs: GateScaleInputs): { readonly out: TensorSpec } {
  const { M, F } = checkedSizes(inputs);
  return { out: { shape: [M, F], element: 'f32' } };
}

export function gateScaleGradientOutputs(
  inputs: GateScaleGradientInputs,
  { coefficient }: GateScaleAttributes,
): { readonly dh: TensorSpec; readonly dscores: TensorSpec } {
  const { M, F, E } = checkedSizes(inputs);
  expectShape('gateScaleGradient', inputs.gradient, [M, F], 'the shape of h');
  if (coefficient > 0 && !inputs.lossWeight) {
    throw new RangeError(
      `${inputs.scores.name}: a load-balancing loss needs lossWeight, which says how much a row counts.`,
    );
  }
  return { dh: { shape: [M, F], element: 'f32' }, dscores: { shape: [M, E], element: 'f32' } };
}

function checkedSizes(inputs: GateScaleInputs) {
  const sizes = gateScaleSizes(inputs);
  const { M, E } = sizes;
  expectShape('gateScale', inputs.scores, [M, E], 'as many rows as h has');
  expectShape('gateScale', inputs.expert, [M], 'the expert of each row');
  expectShape('gateScale', inputs.places, [E + 1 + M], 'starts and rows of the assignment');
  expectShape('gateScale', inputs.lossWeight, [4], 'how much a row counts, 0, 0, 0');
  return sizes;
}
