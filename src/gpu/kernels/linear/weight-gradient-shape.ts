/**
 * The interface of `linearWeightGradient` and its shape rule. It adds to the gradients of the parameters that learn:
 *
 *     weightGradient[N,K] += gradient[M,N]ᵀ · x[M,K]          biasGradient[n] += Σ_m gradient[m,n]
 *     weight2Gradient[N,K2] += gradient[M,N]ᵀ · x2[M,K2]
 */
import { axis, elements, shapeText, type Tensor } from '../../../graph/tensor';
import { expectShape } from '../expect-shape';

export interface WeightGradientInputs {
  /** Gradient of the output of the product, [M,N]. */
  readonly gradient: Tensor;
  readonly x: Tensor;
  readonly x2?: Tensor | undefined;
  readonly weightGradient?: Tensor | undefined;
  /** May be shorter than N: the other columns have no bias. */
  readonly biasGradient?: Tensor | undefined;
  readonly weight2Gradient?: Tensor | undefined;
}

export function weightGradientSizes(inputs: WeightGradientInputs) {
  const { gradient, x, x2, weightGradient, biasGradient, weight2Gradient } = inputs;
  const N = axis(gradient, -1);
  return {
    M: elements(gradient.shape) / N,
    N,
    /** Columns of x, and of x2: 0 without it. */
    K: axis(x, -1),
    K2: x2 ? axis(x2, -1) : 0,
    /** Columns of the two gradients of weights, 0 where none is wanted. */
    columns: weightGradient ? axis(x, -1) : 0,
    columns2: x2 && weight2Gradient ? axis(x2, -1) : 0,
    biasRows: biasGradient ? elements(biasGradient.shape) : 0,
  };
}

/** There is nothing to allocate; throws a sentence when the inputs do not fit together. */
export function weightGradientOutputs(inputs: WeightGradientInputs): Record<string, never> {
  const { M, N, K, K2, biasRows } = weightGradientSizes(inputs);
  const { weightGradient, biasGradient, weight2Gradient } = inputs;
  expectShape('linearWeightGradient', inputs.x, [M, K], 'as many rows as the gradient');
  expectShape('linearWeightGradient', inputs.x2, [M, K2], 'as many rows as the gradient');
  expectShape('linearWeightGradient', weightGradient, [N, K], 'one row a column of the gradient');
  expectShape('linearWeightGradient', weight2Gradient, [N, K2], 'one row a column of the gradient');
  if (biasGradient && biasRows > N) {
    throw new RangeError(
      `${biasGradient.name} has shape ${shapeText(biasGradient.shape)}; linearWeightGradient expects at most ${N} values: one a column of the gradient.`,
    );
  }
  if (!inputs.x2 !== !weight2Gradient) {
    throw new RangeError(`${inputs.gradient.name}: x2 and weight2Gradient come together.`);
  }
  if (!weightGradient && !biasGradient && !weight2Gradient) {
    throw new RangeError(`${inputs.gradient.name}: no parameter learns from this gradient; leave the node out.`);
  }
  return {};
}
