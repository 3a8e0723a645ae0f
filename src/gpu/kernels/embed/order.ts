/**
 * The order in which the embedding gradient walks the rows: by token id, ties by row. With it, equal ids stand together,
 * so that one thread can sum them, always in the same order and without atomics. The host writes it beside the ids.
 */
import type { Tensor } from '../../../graph/tensor';

/** Name of the state u32[M] that holds the order of `ids`. */
export function orderName(ids: Tensor): string {
  return `${ids.name}.order`;
}

/** Row indices of `ids`, sorted by id, ties by row. */
export function orderOf(ids: Uint32Array): Uint32Array<ArrayBuffer> {
  // Id and row in one number, exact below 2⁵³: a sort of numbers needs no comparison in JavaScript.
  const rows = ids.length;
  const keys = Float64Array.from(ids, (id, row) => id * rows + row).sort();
  return Uint32Array.from(keys, (key) => key % rows);
}
