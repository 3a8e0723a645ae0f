/**
 * How the weights of a matrix are spread, to be drawn with the quantiser's levels on them.
 *
 * GLM-130B explains with it why its INT4 works where BLOOM's does not: a row's levels reach to its largest weight, so a few weights
 * far out leave most levels empty.
 */
import { blocksOfRow, middle, type QuantisedMatrix, rowBytes } from '../graph/quantised';

export interface Histogram {
  /** Left edge of the first bar, right edge of the last. */
  readonly from: number;
  readonly to: number;
  readonly counts: Uint32Array<ArrayBuffer>;
}

/** Weights in `bars` bars of one width between the smallest and the largest. */
export function histogram(values: Float32Array, bars: number): Histogram {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    from = Math.min(from, value);
    to = Math.max(to, value);
  }
  const counts = new Uint32Array(bars);
  const width = (to - from) / bars;
  for (const value of values) {
    const bar = width > 0 ? Math.min(bars - 1, Math.floor((value - from) / width)) : 0;
    counts[bar] = (counts[bar] ?? 0) + 1;
  }
  return { from, to, counts };
}

/** Smallest and largest weight of each row of `[N, K]`. */
export function rowRanges(
  values: Float32Array,
  K: number,
): { readonly least: Float32Array; readonly most: Float32Array } {
  const N = values.length / K;
  const least = new Float32Array(N).fill(Number.POSITIVE_INFINITY);
  const most = new Float32Array(N).fill(Number.NEGATIVE_INFINITY);
  for (let n = 0; n < N; n++) {
    for (const value of values.subarray(n * K, (n + 1) * K)) {
      least[n] = Math.min(least[n] ?? 0, value);
      most[n] = Math.max(most[n] ?? 0, value);
    }
  }
  return { least, most };
}

/** The weights that a block of row n can become, from the lowest level to the highest. */
export function levelsOf(matrix: QuantisedMatrix, n: number, block = 0): Float32Array<ArrayBuffer> {
  const { bits, scales, zeros } = matrix;
  const at = n * blocksOfRow(matrix) + block;
  const zero = zeros ? (zeros[at] ?? 0) : middle(bits);
  // A symmetric scheme leaves out its lowest integer.
  const first = zeros ? 0 : 1;
  return Float32Array.from({ length: 2 ** bits - first }, (_, q) => (scales[at] ?? 0) * (q + first - zero));
}

/** How many weights each stored integer, 0 to 2^bits − 1, stands for. */
export function integerCounts(matrix: QuantisedMatrix): Uint32Array<ArrayBuffer> {
  const { bits, N, K, packed } = matrix;
  const counts = new Uint32Array(2 ** bits);
  const bytes = rowBytes(matrix);
  for (let n = 0; n < N; n++) {
    for (let k = 0; k < K; k++) {
      const byte = packed[n * bytes + (bits === 8 ? k : k >> 1)] ?? 0;
      const q = bits === 8 ? byte : (byte >> ((k & 1) * 4)) & 15;
      counts[q] = (counts[q] ?? 0) + 1;
    }
  }
  return counts;
}
