/** What the three attention kernels of training share: uniforms, shape checks, and the keys and queries that see each other. */
import type { Uniform } from '../../../graph/operation';
import type { Tensor } from '../../../graph/tensor';
import { expectHeads, headColumns, headUniforms, maskUniforms, rowsOf } from '../attention/heads';
import { expectShape } from '../expect-shape';
import type { SelfAttentionAttributes } from './shape';

/** Checks heads, mask and rows; throws a sentence. */
export function expectSelfAttention(
  operation: string,
  attributes: SelfAttentionAttributes,
  heads: Tensor,
  cursor: Tensor,
): void {
  const { period, window } = attributes;
  expectHeads(operation, attributes, [], cursor);
  expectShape(operation, heads, [rowsOf(heads), headColumns(attributes)], 'queries, keys and values');
  if (rowsOf(heads) % period !== 0) {
    throw new RangeError(
      `${operation}: ${heads.name} has ${rowsOf(heads)} rows, not a multiple of the ${period} tokens of a sequence.`,
    );
  }
  if (window !== null && window < 1) {
    throw new RangeError(`${operation}: a window of ${window} sees nothing; use 1 or more, or null for all.`);
  }
}

/** Uniforms of every kernel, in their order. */
export function sizes(attributes: SelfAttentionAttributes, heads: Tensor): Uniform[] {
  return [
    ...headUniforms(attributes),
    ...maskUniforms(attributes),
    { name: 'M', u32: rowsOf(heads) },
    { name: 'T', u32: attributes.period },
  ];
}

/** Pairs of a query and a key that see each other under the causal mask, over all heads and sequences. */
export function pairsOf({ heads: H, period: T, window }: SelfAttentionAttributes, heads: Tensor): number {
  const W = Math.min(window ?? T, T);
  return ((W * (W + 1)) / 2 + (T - W) * W) * H * (rowsOf(heads) / T);
}

/** The queries `first` ≤ t < `end` of a sequence that see key j. */
export function seeingQueries(
  { mask, window, period }: SelfAttentionAttributes,
  j: number,
  prefixLength: number,
): { first: number; end: number } {
  const first = mask === 'prefix' && j < prefixLength ? 0 : j;
  return { first, end: window === null ? period : Math.min(period, j + window) };
}

/** Whether the vectors of a head fit into registers: eight of four numbers. */
export function fitsRegisters({ headSize }: SelfAttentionAttributes): boolean {
  return headSize % 4 === 0 && headSize <= 32;
}

/** Rows of a workgroup of the thread kernels: four lanes of four rows. */
export const threadRows = 16;

/** Rows of a workgroup of the group kernels. */
export const groupRows = 8;

/** Workgroups of `rows` rows each, for `count` heads (or KV heads) a sequence. */
export function blocksOf({ period }: SelfAttentionAttributes, count: number, heads: Tensor, rows: number): number {
  return Math.ceil(period / rows) * count * (rowsOf(heads) / period);
}

/** The two tiles of a group kernel fit in this many bytes of workgroup memory; every WebGPU device has 16 KiB. */
const tileBytes = 12288;

/** Constants of the group kernels: vectors a head, and keys or queries a tile. */
export function tileConstants({ headSize }: SelfAttentionAttributes): Readonly<Record<string, number>> {
  return { VECTORS: headSize / 4, TILE: Math.min(32, Math.floor(tileBytes / (2 * 4 * headSize))) };
}
