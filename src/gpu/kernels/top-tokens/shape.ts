/** The interface of `topTokens`. */
import type { Tensor } from '../../../graph/tensor';

export interface TopTokensInputs {
  /** [M, V]. */
  readonly logits: Tensor;
}

export interface TopTokensOutputs {
  /** u32[M, 24], see record.ts. */
  readonly records: Tensor;
}
