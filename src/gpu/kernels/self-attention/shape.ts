/**
 * The interfaces of `selfAttention` and of its two gradients. M = B·T rows, row r is token r % T of sequence ⌊r/T⌋; `heads`
 * holds queries, keys and values as `splitHeads` leaves them.
 */
import type { Tensor } from '../../../graph/tensor';
import type { HeadAttributes, MaskAttributes } from '../attention/heads';

export interface SelfAttentionAttributes extends HeadAttributes, MaskAttributes {
  /** T. */
  readonly period: number;
}

export interface SelfAttentionInputs {
  /** [M, (H+2G)·D]. */
  readonly heads: Tensor;
  /** u32[4]: the third is the prefix length, read only under the prefix mask. */
  readonly cursor: Tensor;
}

export interface SelfAttentionOutputs {
  /** [M, H·D]. */
  readonly out: Tensor;
  /** [M, H]: ln Σ exp(score) over the keys that are seen; what the gradients recompute the weights from. */
  readonly logSumExp: Tensor;
}

export interface QueryGradientInputs extends SelfAttentionInputs, SelfAttentionOutputs {
  /** [M, H·D], of `out`. */
  readonly gradient: Tensor;
}

export interface QueryGradientOutputs {
  /** [M, (H+2G)·D]; only the columns of the queries are written. */
  readonly headsGradient: Tensor;
  /** [M, H, 2]: logSumExp and delta = Σ_d gradient · out, side by side for the gradient of the keys. */
  readonly statistics: Tensor;
}

export interface KeyGradientInputs extends SelfAttentionInputs {
  /** [M, H·D], of `out`. */
  readonly gradient: Tensor;
  /** [M, H, 2]: logSumExp, delta. */
  readonly statistics: Tensor;
  /** [M, (H+2G)·D]; the columns of keys and values are written. */
  readonly headsGradient: Tensor;
}
