/** The interfaces of `crossEntropy` and its gradient. */
import { axis, elements, type Tensor } from '../../../graph/tensor';

export interface CrossEntropyInputs {
  /** [M, V]. */
  readonly logits: Tensor;
  /** u32[M]: the right token of each row; `notCounted` where there is none. */
  readonly targets: Tensor;
  /** f32[4]: 1 / counted targets of the whole step, 0, 0, 0. Only the gradient reads it. */
  readonly lossWeight: Tensor;
}

export interface CrossEntropyOutputs {
  /** [M] in nats; 0 where the row does not count, NaN where a logit is not finite. */
  readonly losses: Tensor;
  /** [M]: what the gradient needs of the softmax. */
  readonly logSumExp: Tensor;
}

export interface CrossEntropyGradientInputs {
  /** [M, V]: logits before, their gradient after. */
  readonly logits: Tensor;
  readonly targets: Tensor;
  readonly logSumExp: Tensor;
  readonly lossWeight: Tensor;
}

/** Target of a row that has no right token, such as padding and the last row of a document. */
export const notCounted = 0xffffffff;

export function crossEntropySizes(logits: Tensor): { M: number; V: number } {
  const V = axis(logits, -1);
  return { M: elements(logits.shape) / V, V };
}
