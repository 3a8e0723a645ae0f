/** The interface of `attentionToken`. */
import type { Tensor } from '../../../graph/tensor';
import type { ColumnAttributes, MaskAttributes } from '../attention/heads';

export interface AttentionTokenInputs {
  /** [1, PQ]: the query, not yet turned, starts at column `queryOffset`. */
  readonly query: Tensor;
  /** [1, PK]: the new key and value; may be the same tensor as `query`. */
  readonly keyValue: Tensor;
  /** [S, G·D]. */
  readonly keyCache: Tensor;
  readonly valueCache: Tensor;
  /** u32[4]: position of the token, 1, prefix length, 0. */
  readonly cursor: Tensor;
}

export interface AttentionTokenOutputs {
  /** [1, H·D]. */
  readonly out: Tensor;
}

export interface AttentionTokenAttributes extends ColumnAttributes, MaskAttributes {}
