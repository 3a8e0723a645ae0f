/**
 * A vector x as integers, once for all rows of a quantised matrix that it is multiplied with.
 *
 * There is no cheap way from nibbles to floats, but one instruction multiplies eight pairs of 16-bit integers and sums them by
 * two. So x ≈ unit · (2048 · high + low), 22 bits with the sign: with a matrix in f32 the difference would be as small.
 * In the other mode x has 8 bits (`high` alone) and a unit for every 32 columns, as with onnxruntime's accuracy level 4: half
 * the work, and an error that is seen.
 *
 * What is written is a stream of stretches: 16 bytes unit, 16 of −Σ `high` by lane and 16 of −Σ `low`, then groups of 32 columns,
 * each 64 bytes of `high` and, with 22 bits, 64 of `low`. A stretch is a block of the matrix; with 8 bits a group. The sums are what
 * zero points are taken off with: where all are 8 (or 0) they are multiplied with it here, and sums of products begin there.
 * For a matrix of 4 bits, lane i of vector j of a group holds column 4i + j, so that shifts alone take its nibbles apart; for 8 bits
 * column 8j + i.
 */
import { loadFirst, storeFirst } from './lanes';
import { Matrix } from './quantised-matrix';

/** Unit and sums of a stretch: the distance to its first group. */
export const headBytes: usize = 48;

/** Bytes of a group of 32 columns: `high`, then `low`. */
export const halfGroup: usize = 64;

/** Largest integers. */
const most22: f32 = 2097151;
const most8: f32 = 127;

/** A smaller x counts as zero: the inverse of the unit stays finite. */
const least: f32 = 1e-30;

/** Bytes of the columns of a matrix as `prepare` writes them, at most. */
export function preparedBytes(matrix: usize): usize {
  const columns = load<u32>(matrix, Matrix.block) * load<u32>(matrix, Matrix.blocks);
  return ((columns >> 5) as usize) * (headBytes + 2 * halfGroup);
}

/** Writes x[K] as integers for `matrix` at `to`. */
export function prepare(matrix: usize, x: usize, K: i32, eight: bool, to: usize): void {
  const nibbles = load<i32>(matrix, Matrix.bits) === 4;
  const block = load<i32>(matrix, Matrix.block);
  const columns = block * load<i32>(matrix, Matrix.blocks);
  const stretch = eight ? 32 : block;
  const most = eight ? most8 : most22;
  let greatest: f32 = 0;
  if (!eight) greatest = greatestOf(x, 0, K);
  for (let first = 0; first < columns; first += stretch) {
    if (eight) greatest = greatestOf(x, first, min(first + 32, K));
    greatest = max(greatest, least);
    const head = to;
    v128.store(head, f32x4.splat(greatest / most));
    v128.store(head, i32x4.splat(0), 16);
    v128.store(head, i32x4.splat(0), 32);
    to += headBytes;
    for (let column = first; column < first + stretch; column += 32) {
      writeGroup(x, column, K, f32x4.splat(most / greatest), nibbles, eight, head, to);
      to += eight ? halfGroup : 2 * halfGroup;
    }
    const zero = i32x4.splat(load<u32>(matrix, Matrix.zeros) ? -1 : nibbles ? -8 : 0);
    v128.store(head, i32x4.mul(v128.load(head, 16), zero), 16);
    v128.store(head, i32x4.mul(v128.load(head, 32), zero), 32);
  }
}

/** x[count] as the 8 bits that `prepare` would make of it stand for: in floats, for products of many rows. */
export function roundToEight(x: usize, count: i32, to: usize): void {
  for (let first = 0; first < count; first += 32) {
    const end = min(first + 32, count);
    const greatest = max(greatestOf(x, first, end), least);
    const inverse = f32x4.splat(most8 / greatest);
    const unit = f32x4.splat(greatest / most8);
    for (let column = first; column < end; column += 4) {
      const value = f32x4.convert_i32x4_s(integersAt(x, column, end, inverse));
      storeFirst(to + ((column as usize) << 2), f32x4.mul(value, unit), end - column);
    }
  }
}

function writeGroup(
  x: usize,
  column: i32,
  K: i32,
  inverse: v128,
  nibbles: bool,
  eight: bool,
  head: usize,
  to: usize,
): void {
  const a = integersAt(x, column, K, inverse);
  const b = integersAt(x, column + 4, K, inverse);
  const c = integersAt(x, column + 8, K, inverse);
  const d = integersAt(x, column + 12, K, inverse);
  const e = integersAt(x, column + 16, K, inverse);
  const f = integersAt(x, column + 20, K, inverse);
  const g = integersAt(x, column + 24, K, inverse);
  const h = integersAt(x, column + 28, K, inverse);
  if (!nibbles) {
    writeEight(a, b, eight, head, to);
    writeEight(c, d, eight, head, to + 16);
    writeEight(e, f, eight, head, to + 32);
    writeEight(g, h, eight, head, to + 48);
    return;
  }
  // Two squares of four by four are turned.
  const ab01 = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const ab23 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const cd01 = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  const cd23 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  const ef01 = v128.shuffle<i32>(e, f, 0, 4, 1, 5);
  const ef23 = v128.shuffle<i32>(e, f, 2, 6, 3, 7);
  const gh01 = v128.shuffle<i32>(g, h, 0, 4, 1, 5);
  const gh23 = v128.shuffle<i32>(g, h, 2, 6, 3, 7);
  writeEight(v128.shuffle<i64>(ab01, cd01, 0, 2), v128.shuffle<i64>(ef01, gh01, 0, 2), eight, head, to);
  writeEight(v128.shuffle<i64>(ab01, cd01, 1, 3), v128.shuffle<i64>(ef01, gh01, 1, 3), eight, head, to + 16);
  writeEight(v128.shuffle<i64>(ab23, cd23, 0, 2), v128.shuffle<i64>(ef23, gh23, 0, 2), eight, head, to + 32);
  writeEight(v128.shuffle<i64>(ab23, cd23, 1, 3), v128.shuffle<i64>(ef23, gh23, 1, 3), eight, head, to + 48);
}

/** Eight integers as 16 bits, twice where they have 22; adds them to the sums. */
function writeEight(left: v128, right: v128, eight: bool, head: usize, to: usize): void {
  const ones = i16x8.splat(1);
  if (eight) {
    const all = i16x8.narrow_i32x4_s(left, right);
    v128.store(to, all);
    v128.store(head, i32x4.add(v128.load(head, 16), i32x4.dot_i16x8_s(all, ones)), 16);
    return;
  }
  const half = i32x4.splat(1024);
  const leftHigh = i32x4.shr_s(i32x4.add(left, half), 11);
  const rightHigh = i32x4.shr_s(i32x4.add(right, half), 11);
  const high = i16x8.narrow_i32x4_s(leftHigh, rightHigh);
  const low = i16x8.narrow_i32x4_s(
    i32x4.sub(left, i32x4.shl(leftHigh, 11)),
    i32x4.sub(right, i32x4.shl(rightHigh, 11)),
  );
  v128.store(to, high);
  v128.store(to + halfGroup, low);
  v128.store(head, i32x4.add(v128.load(head, 16), i32x4.dot_i16x8_s(high, ones)), 16);
  v128.store(head, i32x4.add(v128.load(head, 32), i32x4.dot_i16x8_s(low, ones)), 32);
}

/** Four columns from `column` on, in units; zeros from K on. */
function integersAt(x: usize, column: i32, K: i32, inverse: v128): v128 {
  if (column >= K) return i32x4.splat(0);
  const values = loadFirst(x + ((column as usize) << 2), K - column);
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(values, inverse)));
}

/** max |x| of the columns `first` to `end`; NaN where one is. */
function greatestOf(x: usize, first: i32, end: i32): f32 {
  let most = f32x4.splat(0);
  for (let column = first; column < end; column += 4) {
    most = f32x4.max(most, f32x4.abs(loadFirst(x + ((column as usize) << 2), end - column)));
  }
  return max(
    max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
    max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
  );
}

/** 2048 · high + low, the sums of both halves of x as floats. */
export function joined(high: v128, low: v128): v128 {
  return f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(high), f32x4.splat(2048)), f32x4.convert_i32x4_s(low));
}
