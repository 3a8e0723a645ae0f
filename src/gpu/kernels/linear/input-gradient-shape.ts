/**
 * The interface of `linearInputGradient` and its shape rule.
 *
 *     dx[M,K] = gradient[M,N] · weight[N,K] + residualScale · residual[M,K]
 *     dx2[M,K2] = gradient[M,N] · weight2[N,K2]
 */
import { axis, elements, type Tensor, type TensorSpec } from '../../../graph/tensor';
import { expectShape } from '../expect-shape';

export interface InputGradientInputs {
  /** Gradient of the output of the product, [M,N]. */
  readonly gradient: Tensor;
  readonly weight: Tensor;
  /** What was collected of the input's gradient so far. */
  readonly residual?: Tensor | undefined;
  /** Weight of a second product of the same output, [N,K2]. */
  readonly weight2?: Tensor | undefined;
}

export interface InputGradientOutputs {
  readonly dx: Tensor;
  readonly dx2?: Tensor;
}

export interface InputGradientAttributes {
  readonly residualScale: number;
}

export function inputGradientSizes({ gradient, weight, weight2 }: InputGradientInputs) {
  const N = axis(gradient, -1);
  return {
    M: elements(gradient.shape) / N,
    N,
    K: axis(weight, -1),
    /** 0 without a second product. */
    K2: weight2 ? axis(weight2, -1) : 0,
  };
}

export function inputGradientOutputs(inputs: InputGradientInputs): { dx: TensorSpec; dx2?: TensorSpec } {
  const { M, N, K, K2 } = inputGradientSizes(inputs);
  expectShape('linearInputGradient', inputs.weight, [N, K], 'one row a column of the gradient');
  expectShape('linearInputGradient', inputs.weight2, [N, K2], 'one row a column of the gradient');
  expectShape('linearInputGradient', inputs.residual, [M, K], 'the shape of the gradient that is computed');
  return {
    dx: { shape: [M, K], element: 'f32' },
    ...(inputs.weight2 ? { dx2: { shape: [M, K2], element: 'f32' } as const } : {}),
  };
}
