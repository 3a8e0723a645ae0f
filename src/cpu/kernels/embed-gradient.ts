/**
 * The gradient of `embed` with respect to its tables, added to what they hold, in two kernels.
 *
 * The token table: tableGradient[ids[r]] += scale · gradient[r] for every row r of [M,C] whose place t = r % period is not in the soft
 * prompt. A unit is 16 columns. It walks the rows in `order`, sorted by id, sums a run of equal ids in scratch and adds it
 * to the table once: every number has one writer and one order.
 *
 * Places: positionsGradient[t] += Σ gradient[r] over the rows at t, and promptGradient[t] += the same where t < P. A unit is a place.
 */
import { addRows, addScaledRow, clearRow } from './rows';

/** Words of both; `src/cpu/operations/embed.ts` writes them. */
namespace Word {
  /** [M,C]. */
  export const gradient: usize = 0;
  export const M: usize = 4;
  export const C: usize = 8;
  /** T. */
  export const period: usize = 12;
  /** P. */
  export const prompt: usize = 16;
  /** u32[M]. */
  export const ids: usize = 20;
  export const order: usize = 24;
  /** [V,C]. */
  export const tableGradient: usize = 28;
  export const V: usize = 32;
  export const scale: usize = 36;
  /** [≥ T,C] and [P,C], or 0. */
  export const positionsGradient: usize = 20;
  export const promptGradient: usize = 24;
}

/** Columns of a unit: a cache line. */
const stripColumns: i32 = 16;

export function embedTableGradient(args: usize, begin: i32, end: i32, scratch: usize): void {
  const C = load<i32>(args, Word.C);
  for (let unit = begin; unit < end; unit++) {
    sumRuns(args, unit * stripColumns, min(stripColumns, C - unit * stripColumns), scratch);
  }
}

function sumRuns(args: usize, column: i32, width: i32, sum: usize): void {
  const gradient = (load<u32>(args, Word.gradient) as usize) + ((column as usize) << 2);
  const table = (load<u32>(args, Word.tableGradient) as usize) + ((column as usize) << 2);
  const ids = load<u32>(args, Word.ids) as usize;
  const rowBytes = (load<i32>(args, Word.C) as usize) << 2;
  const lastId = load<u32>(args, Word.V) - 1;
  const prompt = load<u32>(args, Word.prompt);
  const period = load<u32>(args, Word.period);
  const scale = load<f32>(args, Word.scale);
  let order = load<u32>(args, Word.order) as usize;
  const end = order + ((load<i32>(args, Word.M) as usize) << 2);
  while (order < end) {
    const id = min(load<u32>(ids + ((load<u32>(order) as usize) << 2)), lastId);
    clearRow(sum, width);
    while (order < end) {
      const row = load<u32>(order);
      if (min(load<u32>(ids + ((row as usize) << 2)), lastId) !== id) break;
      if (prompt === 0 || row % period >= prompt) addRows(sum, sum, gradient + (row as usize) * rowBytes, width);
      order += 4;
    }
    addScaledRow(table + (id as usize) * rowBytes, sum, scale, width);
  }
}

export function embedPlaceGradient(args: usize, begin: i32, end: i32, scratch: usize): void {
  const gradient = load<u32>(args, Word.gradient) as usize;
  const positions = load<u32>(args, Word.positionsGradient) as usize;
  const prompt = load<u32>(args, Word.promptGradient) as usize;
  const M = load<i32>(args, Word.M);
  const C = load<i32>(args, Word.C);
  const rowBytes = (C as usize) << 2;
  for (let t = begin; t < end; t++) {
    clearRow(scratch, C);
    for (let row = t; row < M; row += load<i32>(args, Word.period)) {
      addRows(scratch, scratch, gradient + (row as usize) * rowBytes, C);
    }
    const place = (t as usize) * rowBytes;
    if (positions) addRows(positions + place, positions + place, scratch, C);
    if (prompt && t < load<i32>(args, Word.prompt)) addRows(prompt + place, prompt + place, scratch, C);
  }
}
