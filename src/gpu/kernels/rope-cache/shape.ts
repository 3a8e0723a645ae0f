/** The interface of `ropeCache`. */
import type { Tensor } from '../../../graph/tensor';
import type { ColumnAttributes } from '../attention/heads';

export interface RopeCacheInputs {
  /** [T, PQ]: the queries start at column `queryOffset`. */
  readonly query: Tensor;
  /** [T, PK]: may be the same tensor as `query`. */
  readonly keyValue: Tensor;
  /** [S, G·D]. */
  readonly keyCache: Tensor;
  readonly valueCache: Tensor;
  /** u32[4]: position of the first row, valid rows, prefix length, 0. */
  readonly cursor: Tensor;
}

export interface RopeCacheOutputs {
  /** [T, H·D]. */
  readonly query: Tensor;
}

export type RopeCacheAttributes = ColumnAttributes;
