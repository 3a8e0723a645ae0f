/** The interface of `attentionWeights`. */
import type { Tensor } from '../../../graph/tensor';
import type { ColumnAttributes, MaskAttributes } from '../attention/heads';

export interface AttentionWeightsInputs {
  /** [1, PQ]: the query, not yet turned, starts at column `queryOffset`. */
  readonly query: Tensor;
  /** [S, G·D], with the row of this token already written. */
  readonly keyCache: Tensor;
  /** u32[4]: position of the token, 1, prefix length, 0. */
  readonly cursor: Tensor;
}

export interface AttentionWeightsOutputs {
  /** [H, S]. */
  readonly weights: Tensor;
}

export interface AttentionWeightsAttributes extends ColumnAttributes, MaskAttributes {}
