/**
 * Rows of tables: out[M,C] row r = table[ids[r]] + positions[min(cursor[0] + t, S − 1)] with t = r % period; where t < P,
 * row t of a soft prompt stands in for the table's. Either table may be off. An id past the vocabulary reads the last row.
 * A quantised table gives its row as floats. A unit is a row.
 */
import { floatsOfRow, Matrix } from './quantised-matrix';
import { addRows, copyRow } from './rows';

/** Words of the arguments; `src/cpu/operations/embed.ts` writes them. */
namespace Word {
  /** u32[M], and [V,C], or 0. */
  export const ids: usize = 0;
  export const table: usize = 4;
  /** [S,C] or 0. */
  export const positions: usize = 8;
  /** [P,C] or 0. */
  export const prompt: usize = 12;
  /** u32[4]: position of the first row. */
  export const cursor: usize = 16;
  export const out: usize = 20;
  export const C: usize = 24;
  export const V: usize = 28;
  export const S: usize = 32;
  export const P: usize = 36;
  /** T. */
  export const period: usize = 40;
  /** Seven words: the table where it is quantised, as quantised-matrix.ts has them. */
  export const matrix: usize = 44;
}

export function embed(args: usize, begin: i32, end: i32, scratch: usize): void {
  const ids = load<u32>(args, Word.ids) as usize;
  const positions = load<u32>(args, Word.positions) as usize;
  const out = load<u32>(args, Word.out) as usize;
  const C = load<i32>(args, Word.C);
  const rowBytes = (C as usize) << 2;
  for (let row = begin; row < end; row++) {
    const to = out + (row as usize) * rowBytes;
    const t = (row as u32) % load<u32>(args, Word.period);
    let from: usize = 0;
    if (t < load<u32>(args, Word.P)) {
      from = (load<u32>(args, Word.prompt) as usize) + (t as usize) * rowBytes;
    } else if (ids) {
      const id = min(load<u32>(ids + ((row as usize) << 2)), load<u32>(args, Word.V) - 1);
      if (load<i32>(args + Word.matrix, Matrix.bits) !== 0) {
        floatsOfRow(args + Word.matrix, id as i32, 0, C, scratch);
        from = scratch;
      } else {
        from = (load<u32>(args, Word.table) as usize) + (id as usize) * rowBytes;
      }
    }
    if (positions) {
      const position = min(load<u32>(load<u32>(args, Word.cursor) as usize) + t, load<u32>(args, Word.S) - 1);
      const place = positions + (position as usize) * rowBytes;
      if (from) addRows(to, from, place, C);
      else copyRow(to, place, C);
    } else {
      copyRow(to, from, C);
    }
  }
}
