/**
 * The gradient of `expertLinear` with respect to its matrices, added to what they hold:
 *
 *     weightGradient[e] += Σ over the rows r of expert e of dy[r]ᵀ · x[r]
 *
 * A unit is a block of each expert's matrix, so that all units are equally large whatever the routing. It walks an expert's places in
 * stretches and multiplies as product.ts does it, with the sums of a block in scratch: each goes over the rows in ascending order, and
 * is added once. An expert without rows is not touched.
 */
import { rowAt, startOf } from './experts';
import { loadFirst } from './lanes';
import { stretch, tile } from './product';
import { addRows } from './rows';

/** Words of the arguments; `src/cpu/operations/expert-linear.ts` writes them. */
namespace Word {
  /** dy [M,N]. */
  export const gradient: usize = 0;
  /** [M,K]. */
  export const x: usize = 4;
  /** [E·N,K]. */
  export const weightGradient: usize = 8;
  export const N: usize = 12;
  export const K: usize = 16;
  /** u32[M], u32[E+1], and E. */
  export const rows: usize = 20;
  export const starts: usize = 24;
  export const experts: usize = 28;
  export const unitRows: usize = 32;
  export const unitColumns: usize = 36;
}

/** Scratch of a thread: a panel of x, packed columns of dy, and the sums of a block. */
const packedAt: usize = 64 * 1024;
const sumsAt: usize = 256 * 1024;

export function expertLinearWeightGradient(args: usize, begin: i32, end: i32, scratch: usize): void {
  const N = load<i32>(args, Word.N);
  const K = load<i32>(args, Word.K);
  const unitRows = load<i32>(args, Word.unitRows);
  const unitColumns = load<i32>(args, Word.unitColumns);
  const experts = load<i32>(args, Word.experts);
  const across = (K + unitColumns - 1) / unitColumns;
  for (let unit = begin; unit < end; unit++) {
    const row = (unit / across) * unitRows;
    const column = (unit % across) * unitColumns;
    const height = min(unitRows, N - row);
    const width = min(unitColumns, K - column);
    for (let expert = 0; expert < experts; expert++) block(args, expert, row, height, column, width, scratch);
  }
}

function block(args: usize, expert: i32, row: i32, height: i32, column: i32, width: i32, scratch: usize): void {
  const starts = load<u32>(args, Word.starts) as usize;
  const first = startOf(starts, expert);
  const last = startOf(starts, expert + 1);
  if (first >= last) return;
  const step = (((width + 7) & ~7) as usize) << 2;
  const sums = scratch + sumsAt;
  for (let from = first; from < last; from += stretch) {
    const count = min(stretch, (last - from) as i32);
    packGradients(args, from, count, row, height, scratch + packedAt);
    for (let panel = 0; panel < width; panel += 8) {
      packPanel(args, from, count, column + panel, min(8, width - panel), scratch);
      let packed = scratch + packedAt;
      let target = sums + ((panel as usize) << 2);
      for (let i = 0; i < height; i += 4) {
        tile(packed, scratch, count, target, target + step, target + 2 * step, target + 3 * step, from > first);
        packed += (count as usize) << 4;
        target += step << 2;
      }
    }
  }
  const N = load<i32>(args, Word.N);
  const K = load<i32>(args, Word.K);
  let total = (load<u32>(args, Word.weightGradient) as usize) + ((((expert * N + row) * K + column) as usize) << 2);
  for (let i = 0; i < height; i++) {
    addRows(total, total, sums + (i as usize) * step, width);
    total += (K as usize) << 2;
  }
}

/**
 * Columns `row` to `row + height` of dy at the places, four columns side by side; what is missing of four is zero. A pass takes a
 * cache line of each row: to more places at once would be written at the same distance, where they share a few lines of the first cache.
 */
function packGradients(args: usize, from: u32, count: i32, row: i32, height: i32, packed: usize): void {
  const rows = load<u32>(args, Word.rows) as usize;
  const N = load<i32>(args, Word.N);
  const step = (count as usize) << 4;
  for (; height > 0; height -= 16) {
    const gradient = (load<u32>(args, Word.gradient) as usize) + ((row as usize) << 2);
    for (let i = 0; i < count; i++) {
      let dy = rowAt(gradient, rows, from + i, N);
      let target = packed + ((i as usize) << 4);
      for (let left = min(16, height); left > 0; left -= 4) {
        v128.store(target, loadFirst(dy, left));
        dy += 16;
        target += step;
      }
    }
    row += 16;
    packed += step << 2;
  }
}

/** Up to eight columns of x at the places; missing ones are zero. */
function packPanel(args: usize, from: u32, count: i32, column: i32, width: i32, panel: usize): void {
  const rows = load<u32>(args, Word.rows) as usize;
  const K = load<i32>(args, Word.K);
  const x = (load<u32>(args, Word.x) as usize) + ((column as usize) << 2);
  const end = from + count;
  if (width === 8) {
    for (let place = from; place < end; place++) {
      const row = rowAt(x, rows, place, K);
      v128.store(panel, v128.load(row));
      v128.store(panel, v128.load(row, 16), 16);
      panel += 32;
    }
    return;
  }
  for (let place = from; place < end; place++) {
    const row = rowAt(x, rows, place, K);
    v128.store(panel, loadFirst(row, width));
    v128.store(panel, width > 4 ? loadFirst(row + 16, width - 4) : f32x4.splat(0), 16);
    panel += 32;
  }
}
