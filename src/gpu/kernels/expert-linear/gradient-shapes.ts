/**
 * The interfaces and shape rules of the two gradients of `expertLinear` in its training form: no slot table, no window, no gate,
 * and every row has an expert.
 *
 *     dx[r] = dy[r] · weight[expert[r]] + residualScale · residual[r]
 *     weightGradient[e] += Σ over the rows r of expert e of dy[r]ᵀ · x[r]; an expert without rows keeps its gradient
 */
import { axis, elements, type Tensor, type TensorSpec } from '../../../graph/tensor';
import { expectShape } from '../expect-shape';

export interface ExpertLinearInputGradientInputs {
  /** dy [M,N]. */
  readonly gradient: Tensor;
  /** [E·N,K]. */
  readonly weight: Tensor;
  /** u32[M] and u32[E+1+M] of `assignExperts`. */
  readonly expert: Tensor;
  readonly places: Tensor;
  /** [M,K]: what other consumers of x gave. */
  readonly residual?: Tensor | undefined;
}

export interface ExpertLinearInputGradientOutputs {
  /** [M,K]. */
  readonly dx: Tensor;
}

export interface ExpertLinearInputGradientAttributes {
  readonly residualScale: number;
}

export interface ExpertLinearWeightGradientInputs {
  /** dy [M,N]. */
  readonly gradient: Tensor;
  /** [M,K]. */
  readonly x: Tensor;
  readonly places: Tensor;
  /** [E·N,K], added to. */
  readonly weightGradient: Tensor;
}

interface Sizes {
  readonly M: number;
  readonly N: number;
  readonly K: number;
  readonly E: number;
}

export function inputGradientSizes({ gradient, weight, places }: ExpertLinearInputGradientInputs): Sizes {
  return sizesOf(gradient, places, axis(weight, 1));
}

export function weightGradientSizes({ gradient, x, places }: ExpertLinearWeightGradientInputs): Sizes {
  return sizesOf(gradient, places, axis(x, -1));
}

export function inputGradientOutputs(inputs: ExpertLinearInputGradientInputs): { readonly dx: TensorSpec } {
  const { M, N, K, E } = inputGradientSizes(inputs);
  expectShape('expertLinearInputGradient', inputs.weight, [E * N, K], 'a matrix of N rows an expert');
  expectShape('expertLinearInputGradient', inputs.expert, [M], 'the expert of each row');
  expectShape('expertLinearInputGradient', inputs.residual, [M, K], 'the shape of the output');
  return { dx: { shape: [M, K], element: 'f32' } };
}

/** There is nothing to allocate. */
export function weightGradientOutputs(inputs: ExpertLinearWeightGradientInputs): Record<string, never> {
  const { M, N, K, E } = weightGradientSizes(inputs);
  expectShape('expertLinearWeightGradient', inputs.x, [M, K], 'as many rows as the gradient');
  expectShape('expertLinearWeightGradient', inputs.weightGradient, [E * N, K], 'a matrix of N rows an expert');
  return {};
}

function sizesOf(gradient: Tensor, places: Tensor, K: number): Sizes {
  const N = axis(gradient, -1);
  const M = elements(gradient.shape) / N;
  return { M, N, K, E: axis(places, 0) - 1 - M };
}
