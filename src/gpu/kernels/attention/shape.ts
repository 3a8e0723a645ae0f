/** The interface of `attention`. */
import type { Tensor } from '../../../graph/tensor';
import type { HeadAttributes, MaskAttributes } from './heads';

export interface AttentionInputs {
  /** [T, H·D], already turned to their positions. */
  readonly query: Tensor;
  /** [S, G·D]. */
  readonly keyCache: Tensor;
  readonly valueCache: Tensor;
  /** u32[4]: position of the first row, valid rows, prefix length, 0. */
  readonly cursor: Tensor;
}

export interface AttentionOutputs {
  /** [T, H·D]. */
  readonly out: Tensor;
}

export interface AttentionAttributes extends HeadAttributes, MaskAttributes {}
