/** How the attention of many rows is cut into units: blocks of rows of each head, which pack the keys they see once. */
import type { MaskAttributes } from '../../gpu/kernels/attention/heads';

/** Rows of the largest block: packing the keys then costs a tenth of the products with them. */
const mostRows = 64;
/** Rows of a strip, see `kernels/strip.ts`. */
const fewestRows = 8;

/** Blocks that several threads can share evenly. */
const wantedUnits = 16;

/** Products that a claim should come to: some microseconds. */
const claimProducts = 20_000;

/** Rows of a block, units and grain, for `rows` rows of each of `heads` heads and `products` multiplications a row. */
export function blocksOf(
  rows: number,
  heads: number,
  products: number,
): { blockRows: number; units: number; grain: number } {
  let blockRows = mostRows;
  const units = () => Math.ceil(rows / blockRows) * heads;
  while (units() < wantedUnits && blockRows > fewestRows) blockRows /= 2;
  const each = Math.min(rows, blockRows) * products;
  return { blockRows, units: units(), grain: Math.max(1, Math.ceil(claimProducts / each)) };
}

/** The words of a mask: whether keys of the prefix are seen by all, and the window, `unlimited` for none. */
export function maskWords({ mask, window }: MaskAttributes, unlimited: number): readonly [number, number] {
  return [Number(mask === 'prefix'), Math.min(window ?? unlimited, unlimited)];
}
