/**
 * A product in which each row has its expert's matrix (src/gpu/kernels/expert-linear/shape.ts), for many rows:
 *
 *     y[r] = gate(x[r] · B) + residualScale · residual[r]
 *
 * with B = weight[slot(e)]ᵀ forwards and weight[e] backwards, for the gradient of x. For a few rows see token-linear.ts.
 *
 * A unit is a block of places of `rows` times a strip of columns, multiplied as product.ts does it. Blocks do not follow experts, so
 * that units are equally large whatever the routing: where the expert changes within a block its panels are packed
 * again, which over all blocks of a strip happens less often than there are experts. Four rows of a tile may belong to any four rows
 * of x. Every sum goes over K in ascending order, so a row's bits depend on nothing but the row and its matrix.
 */
import { seriesVector } from './activation';
import { rowAt, startOf } from './experts';
import { loadFirst, storeFirst } from './lanes';
import { roundToEight } from './prepare-integers';
import { packQuantised, packStraight, packTransposed, stretch, tile, transposeRows } from './product';
import { Matrix } from './quantised-matrix';

/** Words of the arguments; `src/cpu/operations/expert-linear.ts` writes them. */
namespace Word {
  /** [M,K]. */
  export const x: usize = 0;
  export const weight: usize = 4;
  /** [M,columns]. */
  export const y: usize = 8;
  export const columns: usize = 12;
  export const K: usize = 16;
  /** Rows of the weight that a matrix takes. */
  export const rowsPerExpert: usize = 20;
  /** A matrix is stored [N,K], for the way forwards. */
  export const transposed: usize = 24;
  /** u32[M], u32[E+1], and E. */
  export const rows: usize = 28;
  export const starts: usize = 32;
  export const experts: usize = 36;
  /** u32[E], or 0: expert e has matrix e. */
  export const slots: usize = 40;
  /** u32[4] with the first place and the end of what is computed, or 0: all is. */
  export const window: usize = 44;
  /** [M,columns] or 0. */
  export const residual: usize = 48;
  export const residualScale: usize = 52;
  /** Activation of the gate, 0 for none. */
  export const gate: usize = 56;
  export const gated: usize = 60;
  export const branches: usize = 64;
  /** [branches,columns], 0 with a single branch. */
  export const scale: usize = 68;
  export const offset: usize = 72;
  export const unitRows: usize = 76;
  export const unitColumns: usize = 80;
  /** Seven words: the weight where it is quantised, as quantised-matrix.ts has them. */
  export const matrix: usize = 84;
  /** Whether rows of x are rounded to 8 bits, with a unit for every 32 columns. */
  export const eight: usize = 112;
}

/** Scratch of a thread: a panel, four rounded rows, eight rows of a quantised matrix, packed rows of x, and their products. */
const roundedAt: usize = 16 * 1024;
const matrixRowsAt: usize = 32 * 1024;
const packedAt: usize = 64 * 1024;
const productsAt: usize = 256 * 1024;

export function expertLinear(args: usize, begin: i32, end: i32, scratch: usize): void {
  const columns = load<i32>(args, Word.columns);
  const unitRows = load<i32>(args, Word.unitRows);
  const unitColumns = load<i32>(args, Word.unitColumns);
  const starts = load<u32>(args, Word.starts) as usize;
  const window = load<u32>(args, Word.window) as usize;
  const experts = load<i32>(args, Word.experts);
  const across = (columns + unitColumns - 1) / unitColumns;
  for (let unit = begin; unit < end; unit++) {
    const column = (unit % across) * unitColumns;
    const endColumn = min(column + unitColumns, columns);
    let first = ((unit / across) * unitRows) as u32;
    let last = first + (unitRows as u32);
    if (window) {
      first = max(first, load<u32>(window));
      last = min(last, load<u32>(window, 4));
    }
    for (let expert = 0; expert < experts; expert++) {
      const from = max(first, startOf(starts, expert));
      const to = min(last, startOf(starts, expert + 1));
      if (from < to) multiply(args, expert, from, to, column, endColumn, scratch);
    }
  }
}

/** The places `from` to `to`, all of one expert. */
function multiply(args: usize, expert: i32, from: u32, to: u32, column: i32, endColumn: i32, scratch: usize): void {
  const K = load<i32>(args, Word.K);
  const slots = load<u32>(args, Word.slots) as usize;
  const slot = slots ? load<i32>(slots + ((expert as usize) << 2)) : expert;
  const matrix = slot * load<i32>(args, Word.rowsPerExpert);
  const gated = load<i32>(args, Word.gated) !== 0;
  // Products lie in whole tiles, the values of a gated FFN behind its gates.
  const half = (((endColumn - column + 7) & ~7) as usize) << 2;
  const step = gated ? half << 1 : half;
  const products = scratch + productsAt;
  for (let k0 = 0; k0 < K; k0 += stretch) {
    const count = min(stretch, K - k0);
    packRows(args, from, to, k0, count, scratch);
    multiplyStrip(args, matrix, from, to, column, endColumn, k0, count, products, step, scratch);
    if (!gated) continue;
    const values = matrix + load<i32>(args, Word.columns);
    multiplyStrip(args, values, from, to, column, endColumn, k0, count, products + half, step, scratch);
  }
  // Nothing is left to do for whole tiles that lie in y already.
  if (!load<i32>(args, Word.gate) && !load<u32>(args, Word.residual) && ((endColumn - column) & 7) === 0) return;
  for (let place = from; place < to; place++) {
    finish(args, place, column, endColumn, products + ((place - from) as usize) * step, half);
  }
}

/** Columns `k0` to `k0 + count` of the rows at the places, four rows side by side; a row that is not there is the last. */
function packRows(args: usize, from: u32, to: u32, k0: i32, count: i32, scratch: usize): void {
  const x = (load<u32>(args, Word.x) as usize) + ((k0 as usize) << 2);
  const rows = load<u32>(args, Word.rows) as usize;
  const K = load<i32>(args, Word.K);
  const eight = load<i32>(args, Word.eight) !== 0;
  let packed = scratch + packedAt;
  for (let place = from; place < to; place += 4) {
    let r0 = rowAt(x, rows, place, K);
    let r1 = rowAt(x, rows, min(place + 1, to - 1), K);
    let r2 = rowAt(x, rows, min(place + 2, to - 1), K);
    let r3 = rowAt(x, rows, min(place + 3, to - 1), K);
    if (eight) {
      const rounded = scratch + roundedAt;
      const next = (stretch as usize) << 2;
      roundToEight(r0, count, rounded);
      roundToEight(r1, count, rounded + next);
      roundToEight(r2, count, rounded + 2 * next);
      roundToEight(r3, count, rounded + 3 * next);
      r0 = rounded;
      r1 = rounded + next;
      r2 = rounded + 2 * next;
      r3 = rounded + 3 * next;
    }
    transposeRows(r0, r1, r2, r3, count, packed, 16);
    packed += (count as usize) << 4;
  }
}

/**
 * Adds a stretch of the packed rows times columns of the matrix that begins at row `matrix` of the weight. Whole tiles of a product
 * without a gate are y itself: written at once afterwards, y would be waited for.
 */
function multiplyStrip(
  args: usize,
  matrix: i32,
  from: u32,
  to: u32,
  column: i32,
  endColumn: i32,
  k0: i32,
  count: i32,
  products: usize,
  step: usize,
  scratch: usize,
): void {
  const rows = load<u32>(args, Word.rows) as usize;
  const columns = load<i32>(args, Word.columns);
  const hasGate = load<i32>(args, Word.gate) !== 0;
  for (; column < endColumn; column += 8) {
    const width = min(8, endColumn - column);
    packPanel(args, matrix, column, width, k0, count, scratch);
    const y = (load<u32>(args, Word.y) as usize) + ((column as usize) << 2);
    let packed = scratch + packedAt;
    let target = products;
    for (let place = from; place < to; place += 4) {
      let c0 = target;
      let c1 = target + step;
      let c2 = target + 2 * step;
      let c3 = target + 3 * step;
      if (!hasGate && width === 8) {
        c0 = rowAt(y, rows, place, columns);
        if (place + 1 < to) c1 = rowAt(y, rows, place + 1, columns);
        if (place + 2 < to) c2 = rowAt(y, rows, place + 2, columns);
        if (place + 3 < to) c3 = rowAt(y, rows, place + 3, columns);
      }
      tile(packed, scratch, count, c0, c1, c2, c3, k0 > 0);
      packed += (count as usize) << 4;
      target += step << 2;
    }
    products += 32;
  }
}

function packPanel(args: usize, matrix: i32, column: i32, width: i32, k0: i32, count: i32, panel: usize): void {
  const weight = load<u32>(args, Word.weight) as usize;
  if (load<i32>(args, Word.transposed) === 0) {
    const columns = load<i32>(args, Word.columns);
    packStraight(weight + ((((matrix + k0) * columns + column) as usize) << 2), columns, width, count, panel);
  } else if (load<i32>(args + Word.matrix, Matrix.bits) !== 0) {
    packQuantised(args + Word.matrix, matrix + column, width, k0, count, panel + matrixRowsAt, panel);
  } else {
    const K = load<i32>(args, Word.K);
    packTransposed(weight + ((((matrix + column) * K + k0) as usize) << 2), K, width, count, panel);
  }
}

/** Gate and residual of the row at a place. */
function finish(args: usize, place: u32, column: i32, endColumn: i32, products: usize, half: usize): void {
  const rows = load<u32>(args, Word.rows) as usize;
  const columns = load<i32>(args, Word.columns);
  const kind = load<i32>(args, Word.gate);
  const gated = load<i32>(args, Word.gated) !== 0;
  const branches = load<i32>(args, Word.branches);
  const scale = load<u32>(args, Word.scale) as usize;
  const offset = load<u32>(args, Word.offset) as usize;
  const start = (column as usize) << 2;
  const endInPlace = kind ? column : endColumn - ((endColumn - column) & 7);
  let y = rowAt(load<u32>(args, Word.y) as usize, rows, place, columns) + start;
  let residual = load<u32>(args, Word.residual) as usize;
  if (residual) residual = rowAt(residual, rows, place, columns) + start;
  const residualScale = v128.load32_splat(args, Word.residualScale);
  for (; column < endColumn; column += 4) {
    const count = endColumn - column;
    let value = v128.load(column < endInPlace ? y : products);
    if (kind) value = seriesVector(kind, value, scale, offset, columns, column, branches);
    if (gated) value = f32x4.mul(value, v128.load(products + half));
    if (residual) {
      value = f32x4.add(value, f32x4.mul(residualScale, loadFirst(residual, count)));
      residual += 16;
    }
    storeFirst(y, value, count);
    y += 16;
    products += 16;
  }
}
