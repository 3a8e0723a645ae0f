/**
 * The matrix product that every layer learns and reads with, C[M,N] = A · B, for A and B stored either way round.
 *
 * A unit is a block of rows times a block of columns. It walks K in stretches of `stretch`, packs eight columns of B
 * at a time into a panel that stays in the first cache, and multiplies four rows with it: 32 sums in registers, each
 * the sum over k in ascending order, so that a result depends neither on blocks nor on threads. A is packed only where it is
 * stored transposed: four rows of it would lie in as many cache lines a step.
 * A quantised B becomes floats on its way into the panel, which all rows of the block share.
 * Source of the scheme: Goto & van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (TOMS 34, 2008).
 */
import { activateVector } from './activation';
import { roundToEight } from './prepare-integers';
import { floatsOfRow, Matrix } from './quantised-matrix';

/** Words of the arguments; `src/cpu/operations/product.ts` writes them. */
namespace Word {
  export const A: usize = 0;
  export const B: usize = 4;
  export const C: usize = 8;
  export const M: usize = 12;
  export const N: usize = 16;
  export const K: usize = 20;
  /** Elements between rows as they are stored. */
  export const strideA: usize = 24;
  export const strideB: usize = 28;
  export const strideC: usize = 32;
  /** A is stored [K,M]. */
  export const transposedA: usize = 36;
  /** B is stored [N,K]. */
  export const transposedB: usize = 40;
  /** C += A · B. */
  export const accumulate: usize = 44;
  /** f32[≤ N] or 0. */
  export const bias: usize = 48;
  export const biasCount: usize = 52;
  /** [M,N] or 0, added after the activation. */
  export const residual: usize = 56;
  export const residualScale: usize = 60;
  /** 0 is none. */
  export const activation: usize = 64;
  export const activationFrom: usize = 68;
  export const unitRows: usize = 72;
  export const unitColumns: usize = 76;
  /** Seven words: B where it is quantised and [N,K], as quantised-matrix.ts has them. */
  export const matrix: usize = 80;
  /** Whether rows of A are rounded to 8 bits, with a unit for every 32 columns. */
  export const eight: usize = 108;
}

/** Longest stretch of K: a panel of 16 KiB and four rows of 8 KiB share the first cache. */
export const stretch: i32 = 512;

/** Scratch of a thread: a panel, a tile for what falls off the edge, and a packed block of A. */
const panelBytes: usize = 32 * 512;
const edgeBytes: usize = 256;
/** Where eight rows of a quantised B lie as floats: behind the packed block of A. */
const rowsAt: usize = 256 * 1024;
/** Where the rows of A lie that are rounded. */
const roundedAt: usize = 512 * 1024;

export function product(args: usize, begin: i32, end: i32, scratch: usize): void {
  const N = load<i32>(args, Word.N);
  const unitColumns = load<i32>(args, Word.unitColumns);
  const across = (N + unitColumns - 1) / unitColumns;
  for (let unit = begin; unit < end; unit++) {
    const row = (unit / across) * load<i32>(args, Word.unitRows);
    const column = (unit % across) * unitColumns;
    block(
      args,
      row,
      min(row + load<i32>(args, Word.unitRows), load<i32>(args, Word.M)),
      column,
      min(column + unitColumns, N),
      scratch,
    );
  }
}

function block(args: usize, firstRow: i32, endRow: i32, firstColumn: i32, endColumn: i32, scratch: usize): void {
  const K = load<i32>(args, Word.K);
  const A = load<u32>(args, Word.A) as usize;
  const B = load<u32>(args, Word.B) as usize;
  const C = load<u32>(args, Word.C) as usize;
  const strideA = load<i32>(args, Word.strideA);
  const strideB = load<i32>(args, Word.strideB);
  const strideC = load<i32>(args, Word.strideC);
  const transposedA = load<i32>(args, Word.transposedA) !== 0;
  const transposedB = load<i32>(args, Word.transposedB) !== 0;
  const accumulate = load<i32>(args, Word.accumulate) !== 0;
  const panel = scratch;
  const edge = scratch + panelBytes;
  const packed = edge + edgeBytes;
  for (let k0 = 0; k0 < K; k0 += stretch) {
    const count = min(stretch, K - k0);
    const add = accumulate || k0 > 0;
    if (load<i32>(args, Word.eight) !== 0) {
      const rounded = scratch + roundedAt;
      for (let row = firstRow; row < endRow; row++) {
        const to = rounded + (((row - firstRow) * stretch) << 2);
        roundToEight(A + (((row * strideA + k0) as usize) << 2), count, to);
      }
      packLeftRows(rounded, stretch, 0, endRow - firstRow, 0, count, packed);
    } else if (transposedA) packLeft(A, strideA, firstRow, endRow, k0, count, packed);
    else packLeftRows(A, strideA, firstRow, endRow, k0, count, packed);
    for (let column = firstColumn; column < endColumn; column += 8) {
      const width = min(8, endColumn - column);
      if (load<i32>(args + Word.matrix, Matrix.bits) !== 0) {
        packQuantised(args + Word.matrix, column, width, k0, count, scratch + rowsAt, panel);
      } else if (transposedB)
        packTransposed(B + (((column * strideB + k0) as usize) << 2), strideB, width, count, panel);
      else packStraight(B + (((k0 * strideB + column) as usize) << 2), strideB, width, count, panel);
      for (let row = firstRow; row < endRow; row += 4) {
        const rows = min(4, endRow - row);
        const target = C + (((row * strideC + column) as usize) << 2);
        // What a whole tile would write beyond the edge goes to the scratch of the thread.
        const whole = width === 8;
        const step = whole ? (strideC as usize) << 2 : 32;
        const start = whole ? target : edge;
        if (!whole && add) copyTile(target, (strideC as usize) << 2, edge, 32, rows, width);
        const c1 = rows > 1 ? start + step : edge + 128;
        const c2 = rows > 2 ? start + 2 * step : edge + 128;
        const c3 = rows > 3 ? start + 3 * step : edge + 128;
        tile(packed + ((((row - firstRow) * count) as usize) << 2), panel, count, start, c1, c2, c3, add);
        if (!whole) copyTile(edge, 32, target, (strideC as usize) << 2, rows, width);
      }
    }
  }
  finish(args, firstRow, endRow, firstColumn, endColumn);
}

/**
 * Sets 4 × 8 sums over `count` ≥ 1 steps, or adds to them: 16 bytes of A and 32 of B a step. Engines move the loads of a straight line
 * to its front and then run out of registers, so the four steps of a turn are kept apart by the tests that end the loop.
 */
export function tile(a: usize, b: usize, count: i32, c0: usize, c1: usize, c2: usize, c3: usize, add: bool): void {
  let s00 = f32x4.splat(0);
  let s01 = s00;
  let s10 = s00;
  let s11 = s00;
  let s20 = s00;
  let s21 = s00;
  let s30 = s00;
  let s31 = s00;
  if (add) {
    s00 = v128.load(c0);
    s01 = v128.load(c0, 16);
    s10 = v128.load(c1);
    s11 = v128.load(c1, 16);
    s20 = v128.load(c2);
    s21 = v128.load(c2, 16);
    s30 = v128.load(c3);
    s31 = v128.load(c3, 16);
  }
  const end = b + ((count as usize) << 5);
  const end1 = end - 32;
  const end2 = end - 64;
  const end3 = end - 96;
  while (true) {
    let left = v128.load(b, 0);
    let right = v128.load(b, 16);
    let x = v128.load32_splat(a, 0);
    s00 = f32x4.add(s00, f32x4.mul(x, left));
    s01 = f32x4.add(s01, f32x4.mul(x, right));
    x = v128.load32_splat(a, 4);
    s10 = f32x4.add(s10, f32x4.mul(x, left));
    s11 = f32x4.add(s11, f32x4.mul(x, right));
    x = v128.load32_splat(a, 8);
    s20 = f32x4.add(s20, f32x4.mul(x, left));
    s21 = f32x4.add(s21, f32x4.mul(x, right));
    x = v128.load32_splat(a, 12);
    s30 = f32x4.add(s30, f32x4.mul(x, left));
    s31 = f32x4.add(s31, f32x4.mul(x, right));
    if (b === end1) break;
    left = v128.load(b, 32);
    right = v128.load(b, 48);
    x = v128.load32_splat(a, 16);
    s00 = f32x4.add(s00, f32x4.mul(x, left));
    s01 = f32x4.add(s01, f32x4.mul(x, right));
    x = v128.load32_splat(a, 20);
    s10 = f32x4.add(s10, f32x4.mul(x, left));
    s11 = f32x4.add(s11, f32x4.mul(x, right));
    x = v128.load32_splat(a, 24);
    s20 = f32x4.add(s20, f32x4.mul(x, left));
    s21 = f32x4.add(s21, f32x4.mul(x, right));
    x = v128.load32_splat(a, 28);
    s30 = f32x4.add(s30, f32x4.mul(x, left));
    s31 = f32x4.add(s31, f32x4.mul(x, right));
    if (b === end2) break;
    left = v128.load(b, 64);
    right = v128.load(b, 80);
    x = v128.load32_splat(a, 32);
    s00 = f32x4.add(s00, f32x4.mul(x, left));
    s01 = f32x4.add(s01, f32x4.mul(x, right));
    x = v128.load32_splat(a, 36);
    s10 = f32x4.add(s10, f32x4.mul(x, left));
    s11 = f32x4.add(s11, f32x4.mul(x, right));
    x = v128.load32_splat(a, 40);
    s20 = f32x4.add(s20, f32x4.mul(x, left));
    s21 = f32x4.add(s21, f32x4.mul(x, right));
    x = v128.load32_splat(a, 44);
    s30 = f32x4.add(s30, f32x4.mul(x, left));
    s31 = f32x4.add(s31, f32x4.mul(x, right));
    if (b === end3) break;
    left = v128.load(b, 96);
    right = v128.load(b, 112);
    x = v128.load32_splat(a, 48);
    s00 = f32x4.add(s00, f32x4.mul(x, left));
    s01 = f32x4.add(s01, f32x4.mul(x, right));
    x = v128.load32_splat(a, 52);
    s10 = f32x4.add(s10, f32x4.mul(x, left));
    s11 = f32x4.add(s11, f32x4.mul(x, right));
    x = v128.load32_splat(a, 56);
    s20 = f32x4.add(s20, f32x4.mul(x, left));
    s21 = f32x4.add(s21, f32x4.mul(x, right));
    x = v128.load32_splat(a, 60);
    s30 = f32x4.add(s30, f32x4.mul(x, left));
    s31 = f32x4.add(s31, f32x4.mul(x, right));
    a += 64;
    b += 128;
    if (b === end) break;
  }
  v128.store(c0, s00);
  v128.store(c0, s01, 16);
  v128.store(c1, s10);
  v128.store(c1, s11, 16);
  v128.store(c2, s20);
  v128.store(c2, s21, 16);
  v128.store(c3, s30);
  v128.store(c3, s31, 16);
}

/** Rows `first` to `first + width` of a quantised B, columns from `k0` on; `rows` has room for eight stretches and 32 columns. */
export function packQuantised(
  matrix: usize,
  first: i32,
  width: i32,
  k0: i32,
  count: i32,
  rows: usize,
  panel: usize,
): void {
  for (let i = 0; i < width; i++) {
    floatsOfRow(matrix, first + i, k0, count, rows + (((i * stretch) as usize) << 2));
  }
  packTransposed(rows, stretch, width, count, panel);
}

/** Columns of B that follow each other in memory: copied row by row; missing ones are zero. */
export function packStraight(b: usize, stride: i32, width: i32, count: i32, panel: usize): void {
  const next = (stride as usize) << 2;
  const end = panel + ((count as usize) << 5);
  if (width === 8) {
    while (panel < end) {
      v128.store(panel, v128.load(b));
      v128.store(panel, v128.load(b, 16), 16);
      b += next;
      panel += 32;
    }
    return;
  }
  while (panel < end) {
    for (let i = 0; i < 8; i++) {
      store<f32>(panel + ((i as usize) << 2), i < width ? load<f32>(b + ((i as usize) << 2)) : 0);
    }
    b += next;
    panel += 32;
  }
}

/** Columns of B that are rows in memory: turned, four by four. */
export function packTransposed(b: usize, stride: i32, width: i32, count: i32, panel: usize): void {
  if (width === 8) {
    transposeFour(b, stride, count, panel, 32);
    transposeFour(b + ((stride as usize) << 4), stride, count, panel + 16, 32);
    return;
  }
  for (let i = 0; i < 8; i++) {
    let from = b + (((i * stride) as usize) << 2);
    let to = panel + ((i as usize) << 2);
    for (let k = 0; k < count; k++) {
      store<f32>(to, i < width ? load<f32>(from) : 0);
      from += 4;
      to += 32;
    }
  }
}

/** Four rows, `stride` apart and `count` long, side by side: 16 bytes every `step`. */
export function transposeFour(r0: usize, stride: i32, count: i32, panel: usize, step: usize): void {
  const next = (stride as usize) << 2;
  transposeRows(r0, r0 + next, r0 + 2 * next, r0 + 3 * next, count, panel, step);
}

/** The same of rows that lie anywhere. */
export function transposeRows(r0: usize, r1: usize, r2: usize, r3: usize, count: i32, panel: usize, step: usize): void {
  const endFour = r0 + (((count & ~3) as usize) << 2);
  const end = r0 + ((count as usize) << 2);
  while (r0 < endFour) {
    const x0 = v128.load(r0);
    const x1 = v128.load(r1);
    const x2 = v128.load(r2);
    const x3 = v128.load(r3);
    const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5);
    const high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7);
    const low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
    const high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
    v128.store(panel, v128.shuffle<f64>(low01, low23, 0, 2));
    v128.store(panel + step, v128.shuffle<f64>(low01, low23, 1, 3));
    panel += 2 * step;
    v128.store(panel, v128.shuffle<f64>(high01, high23, 0, 2));
    v128.store(panel + step, v128.shuffle<f64>(high01, high23, 1, 3));
    r0 += 16;
    r1 += 16;
    r2 += 16;
    r3 += 16;
    panel += 2 * step;
  }
  while (r0 < end) {
    store<f32>(panel, load<f32>(r0));
    store<f32>(panel, load<f32>(r1), 4);
    store<f32>(panel, load<f32>(r2), 8);
    store<f32>(panel, load<f32>(r3), 12);
    r0 += 4;
    r1 += 4;
    r2 += 4;
    r3 += 4;
    panel += step;
  }
}

/** Groups of four rows of an A that is stored transposed: for each step of k the four side by side. */
export function packLeft(A: usize, stride: i32, firstRow: i32, endRow: i32, k0: i32, count: i32, packed: usize): void {
  const next = (stride as usize) << 2;
  for (let row = firstRow; row < endRow; row += 4) {
    const rows = min(4, endRow - row);
    let from = A + (((k0 * stride + row) as usize) << 2);
    const end = packed + ((count as usize) << 4);
    if (rows === 4) {
      while (packed < end) {
        v128.store(packed, v128.load(from));
        from += next;
        packed += 16;
      }
    } else {
      while (packed < end) {
        for (let i = 0; i < 4; i++) {
          store<f32>(packed + ((i as usize) << 2), i < rows ? load<f32>(from + ((i as usize) << 2)) : 0);
        }
        from += next;
        packed += 16;
      }
    }
  }
}

/** The same of an A whose rows are rows in memory. */
export function packLeftRows(
  A: usize,
  stride: i32,
  firstRow: i32,
  endRow: i32,
  k0: i32,
  count: i32,
  packed: usize,
): void {
  for (let row = firstRow; row < endRow; row += 4) {
    let from = A + (((row * stride + k0) as usize) << 2);
    if (row + 4 <= endRow) {
      transposeFour(from, stride, count, packed, 16);
    } else {
      for (let i = 0; i < 4; i++) {
        let to = packed + ((i as usize) << 2);
        for (let k = 0; k < count; k++) {
          store<f32>(to, row + i < endRow ? load<f32>(from + ((k as usize) << 2)) : 0);
          to += 16;
        }
        from += (stride as usize) << 2;
      }
    }
    packed += (count as usize) << 4;
  }
}

function copyTile(from: usize, fromStep: usize, to: usize, toStep: usize, rows: i32, width: i32): void {
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < width; i++) store<f32>(to + ((i as usize) << 2), load<f32>(from + ((i as usize) << 2)));
    from += fromStep;
    to += toStep;
  }
}

/** Bias, activation and residual of a finished block. */
function finish(args: usize, firstRow: i32, endRow: i32, firstColumn: i32, endColumn: i32): void {
  const bias = load<u32>(args, Word.bias) as usize;
  const biasCount = bias ? load<i32>(args, Word.biasCount) : 0;
  const residual = load<u32>(args, Word.residual) as usize;
  const kind = load<i32>(args, Word.activation);
  if (!bias && !residual && !kind) return;
  const scale = load<f32>(args, Word.residualScale);
  const scales = f32x4.splat(scale);
  const from = kind ? load<i32>(args, Word.activationFrom) : i32.MAX_VALUE;
  const stride = load<i32>(args, Word.strideC);
  const C = load<u32>(args, Word.C) as usize;
  for (let row = firstRow; row < endRow; row++) {
    const start = ((row * stride) as usize) << 2;
    let column = firstColumn;
    for (; column + 4 <= endColumn; column += 4) {
      const place = start + ((column as usize) << 2);
      let value = v128.load(C + place);
      if (column + 4 <= biasCount) value = f32x4.add(value, v128.load(bias + ((column as usize) << 2)));
      else if (column < biasCount) value = f32x4.add(value, partOf(bias, column, biasCount));
      if (column + 4 > from) {
        const active = activateVector(kind, value);
        value = v128.bitselect(active, value, i32x4.ge_s(columnsFrom(column), i32x4.splat(from)));
      }
      if (residual) value = f32x4.add(value, f32x4.mul(scales, v128.load(residual + place)));
      v128.store(C + place, value);
    }
    for (; column < endColumn; column++) {
      const place = start + ((column as usize) << 2);
      let value = load<f32>(C + place);
      if (column < biasCount) value += load<f32>(bias + ((column as usize) << 2));
      if (column >= from) value = f32x4.extract_lane(activateVector(kind, f32x4.splat(value)), 0);
      if (residual) value += scale * load<f32>(residual + place);
      store<f32>(C + place, value);
    }
  }
}

/** Up to four values of a vector that ends within them; zeros behind. */
function partOf(vector: usize, first: i32, count: i32): v128 {
  let part = f32x4.splat(0);
  const from = vector + ((first as usize) << 2);
  part = f32x4.replace_lane(part, 0, load<f32>(from));
  if (first + 1 < count) part = f32x4.replace_lane(part, 1, load<f32>(from, 4));
  if (first + 2 < count) part = f32x4.replace_lane(part, 2, load<f32>(from, 8));
  return part;
}

function columnsFrom(column: i32): v128 {
  return i32x4.add(i32x4.splat(column), i32x4(0, 1, 2, 3));
}
