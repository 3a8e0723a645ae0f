/**
 * What the attention operations share: where heads sit, what a query may see, and the sentences when shapes disagree.
 *
 * H query heads and G KV heads of D elements; query head h reads KV head ⌊h·G/H⌋. A query at position p sees the keys
 * j ≤ p, with the prefix mask also j < prefixLength, with a window only p − j < window. The keys that are seen are thus
 * one range, and kernels walk it without testing a mask.
 */
import { log2 } from '../../../graph/exact-math';
import type { Uniform } from '../../../graph/operation';
import { axis, elements, shapeText, type Tensor } from '../../../graph/tensor';
import { expectShape } from '../expect-shape';

export interface HeadAttributes {
  /** H. */
  readonly heads: number;
  /** G, divides H. */
  readonly groups: number;
  /** D, even. */
  readonly headSize: number;
}

/** (H + 2G) · D: columns of queries, keys and values side by side. */
export function headColumns({ heads, groups, headSize }: HeadAttributes): number {
  return (heads + 2 * groups) * headSize;
}

export interface MaskAttributes {
  readonly mask: 'causal' | 'prefix';
  /** How many of the last positions a query sees, itself included; null is all. */
  readonly window: number | null;
}

/** Heads inside the columns of a projection, and the rotary embedding. */
export interface ColumnAttributes extends HeadAttributes {
  readonly theta: number;
  readonly rotate: boolean;
  readonly queryOffset: number;
  readonly keyOffset: number;
  readonly valueOffset: number;
}

/** Largest head that the kernels take: vectors of one head stand in private memory of this size. */
export const largestHead = 256;

/** Keys `first` ≤ j < `end` that a query at `position` sees; `written` rows of the cache hold keys. */
export function visibleKeys(
  { mask, window }: MaskAttributes,
  position: number,
  prefixLength: number,
  written: number,
): { first: number; end: number } {
  const end = Math.min(mask === 'prefix' ? Math.max(position + 1, prefixLength) : position + 1, written);
  return { first: window === null ? 0 : Math.max(0, position - window + 1), end };
}

/** The uniforms H, G, D that every kernel of the family starts with. */
export function headUniforms({ heads, groups, headSize }: HeadAttributes): Uniform[] {
  return [
    { name: 'H', u32: heads },
    { name: 'G', u32: groups },
    { name: 'D', u32: headSize },
  ];
}

/** The uniforms of a mask, behind those of the heads; window 0 is no window. */
export function maskUniforms({ mask, window }: MaskAttributes): Uniform[] {
  return [
    { name: 'prefix', u32: Number(mask === 'prefix') },
    { name: 'window', u32: window ?? 0 },
  ];
}

/** Step of the rotary exponent: pair j turns by position · 2^(−j · step). */
export function rotaryStep({ theta, headSize }: ColumnAttributes): number {
  return (2 * log2(theta)) / headSize;
}

/** Checks heads and caches; throws a sentence. */
export function expectHeads(
  operation: string,
  attributes: HeadAttributes,
  caches: readonly (Tensor | undefined)[],
  cursor: Tensor,
): void {
  const { heads, groups, headSize } = attributes;
  if (heads % groups !== 0) {
    throw new RangeError(`${operation}: ${heads} query heads cannot share ${groups} KV heads; use a divisor.`);
  }
  if (headSize % 2 !== 0 || headSize > largestHead) {
    throw new RangeError(`${operation}: a head of ${headSize} is not even or larger than ${largestHead}.`);
  }
  for (const cache of caches) {
    if (cache) expectShape(operation, cache, [axis(cache, 0), groups * headSize], 'G · D columns a row of the cache');
  }
  expectShape(operation, cursor, [4], 'position, rows, prefix length, 0');
}

/** Checks that the heads lie inside the columns of the projections, which have the same rows. */
export function expectColumns(
  operation: string,
  attributes: ColumnAttributes,
  query: Tensor,
  keyValue: Tensor | undefined,
): void {
  const { heads, groups, headSize, queryOffset, keyOffset, valueOffset } = attributes;
  expectInside(operation, query, queryOffset, heads * headSize);
  if (!keyValue) return;
  expectInside(operation, keyValue, keyOffset, groups * headSize);
  expectInside(operation, keyValue, valueOffset, groups * headSize);
  if (rowsOf(query) !== rowsOf(keyValue)) {
    throw new RangeError(
      `${operation}: ${query.name} ${shapeText(query.shape)} and ${keyValue.name} ${shapeText(keyValue.shape)} must have as many rows.`,
    );
  }
}

/** T: all axes but the last. */
export function rowsOf(tensor: Tensor): number {
  return elements(tensor.shape) / axis(tensor, -1);
}

function expectInside(operation: string, tensor: Tensor, offset: number, count: number): void {
  if (offset >= 0 && offset + count <= axis(tensor, -1)) return;
  throw new RangeError(
    `${operation}: ${tensor.name} has ${axis(tensor, -1)} columns; the heads ask for columns ${offset} to ${offset + count}.`,
  );
}
