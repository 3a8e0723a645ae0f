/**
 * What the attention kernels share. A strip is eight rows, of queries or of keys, side by side in the lanes of two vectors:
 * [D][8], the panel of a matrix product's tile. The rows they meet stream past four at a time ([D][4] for the scores, [rows][4]
 * for the sums), so scores come as [rows][8]: softmax works on lanes and a product with the weights needs no turning.
 *
 * Each lane sees one range of the rows that stream by. The ranges' bounds never fall from lane to lane, so a strip meets
 * the rows from the first lane's first to the last lane's end, and only those at the two ends need a mask.
 */
import { tile, transposeFour } from './product';

export const stripRows: i32 = 8;

/** Bytes of a strip's bounds: eight first rows and eight ends. */
export const boundsBytes: usize = 64;
const endOfFirst: usize = 32;
const firstOfLast: usize = 28;
const endOfLast: usize = 60;

/** Rows that stream by are packed in stretches of at most so many, and of so many numbers: the second cache holds them. */
const longestStretch: i32 = 512;

/** Rows of a stretch for heads of D, a multiple of 4, when a packed panel may have `numbers`. */
export function stretchOf(D: i32, numbers: i32): i32 {
  return min(longestStretch, numbers / ((D + 3) & ~3)) & ~3;
}

/** Writes the keys that the queries at `position` and after see: lanes that have no query see what the one at `last` does. */
export function keyBounds(bounds: usize, position: i32, last: i32, written: i32, prefix: i32, window: i32): void {
  for (let lane = 0; lane < stripRows; lane++) {
    const p = min(position + lane, last);
    store<i32>(bounds, max(0, p - window + 1));
    store<i32>(bounds, min(max(p + 1, prefix), written), endOfFirst);
    bounds += 4;
  }
}

/** Writes the queries of a sequence of T that see the keys `j` and after. */
export function queryBounds(bounds: usize, j: i32, T: i32, prefix: i32, window: i32): void {
  for (let lane = 0; lane < stripRows; lane++) {
    const key = min(j + lane, T - 1);
    store<i32>(bounds, key < prefix ? 0 : key);
    store<i32>(bounds, min(T, key + window), endOfFirst);
    bounds += 4;
  }
}

export function firstOf(bounds: usize): i32 {
  return load<i32>(bounds);
}

export function endOf(bounds: usize): i32 {
  return load<i32>(bounds, endOfLast);
}

/** scores[r][8] = Σ_d fours[d][r] · eight[d][8] for the rows `from` ≤ r < `to` of a stretch, and up to three on either side. */
export function scoresOf(fours: usize, eight: usize, D: i32, from: i32, to: i32, scores: usize): void {
  const step = (D as usize) << 4;
  for (let r = from & ~3; r < to; r += 4) {
    const score = scores + ((r as usize) << 5);
    tile(fours + ((r >> 2) as usize) * step, eight, D, score, score + 32, score + 64, score + 96, false);
  }
}

/** sums[d][8] += Σ_r fours[r][d] · weights[r][8]; four columns d lie side by side for each of the `count` rows of the stretch. */
export function addWeighted(fours: usize, count: i32, weights: usize, D: i32, from: i32, to: i32, sums: usize): void {
  const step = (count as usize) << 4;
  const weight = weights + ((from as usize) << 5);
  let four = fours + ((from as usize) << 4);
  for (let d = 0; d < D; d += 4) {
    tile(four, weight, to - from, sums, sums + 32, sums + 64, sums + 96, true);
    four += step;
    sums += 128;
  }
}

/** Sets the scores of rows that a lane does not see to −∞; row r of the stretch is row `start` + r of the sequence. */
export function hideUnseen(scores: usize, bounds: usize, from: i32, to: i32, start: i32): void {
  const first = max(from, min(to, load<i32>(bounds, firstOfLast) - start));
  const end = max(first, min(to, load<i32>(bounds, endOfFirst) - start));
  hideRows(scores, bounds, from, first, start);
  hideRows(scores, bounds, end, to, start);
}

function hideRows(scores: usize, bounds: usize, from: i32, to: i32, start: i32): void {
  const unseen = f32x4.splat(-Infinity as f32);
  for (let r = from; r < to; r++) {
    const score = scores + ((r as usize) << 5);
    const row = i32x4.splat(start + r);
    for (let half: usize = 0; half < 32; half += 16) {
      const bound = bounds + half;
      const seen = v128.and(i32x4.ge_s(row, v128.load(bound)), i32x4.lt_s(row, v128.load(bound, endOfFirst)));
      v128.store(score + half, v128.bitselect(v128.load(score + half), unseen, seen));
    }
  }
}

/** matrix[rows][8] with its lanes multiplied. */
export function scaleLanes(matrix: usize, rows: i32, left: v128, right: v128): void {
  const end = matrix + ((rows as usize) << 5);
  while (matrix < end) {
    v128.store(matrix, f32x4.mul(v128.load(matrix), left));
    v128.store(matrix, f32x4.mul(v128.load(matrix, 16), right), 16);
    matrix += 32;
  }
}

/** Writes the first `width` lanes of matrix[D][8] as rows of D, `stride` bytes apart. */
export function unpack(matrix: usize, D: i32, width: i32, target: usize, stride: usize): void {
  let d = 0;
  for (; d + 4 <= D; d += 4) {
    transposeFour(matrix, 8, width, target, stride);
    matrix += 128;
    target += 16;
  }
  for (; d < D; d++) {
    for (let lane = 0; lane < width; lane++) {
      store<f32>(target + (lane as usize) * stride, load<f32>(matrix + ((lane as usize) << 2)));
    }
    matrix += 32;
    target += 4;
  }
}
