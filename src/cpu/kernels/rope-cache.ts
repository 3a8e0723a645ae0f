/**
 * Rotary embedding and KV cache for a prompt: rotated[T,H·D] are the turned queries; turned keys and plain values go into the
 * caches [S,G·D] at the row of their position, cursor[0] + t. Rows past the cursor's count or past the cache are not kept.
 * A unit is a row, which computes its turns once for all heads.
 */
import { turnsOf } from './angle';
import { turnHeads } from './rotate';
import { copyRow } from './rows';

/** Words of the arguments; `src/cpu/operations/rope-cache.ts` writes them. */
namespace Word {
  export const H: usize = 0;
  export const G: usize = 4;
  export const D: usize = 8;
  export const S: usize = 12;
  /** First query, key and value of row 0, and bytes between rows. */
  export const query: usize = 16;
  export const key: usize = 20;
  export const value: usize = 24;
  export const queryStride: usize = 28;
  export const keyStride: usize = 32;
  /** u32[4]: position of the first row, valid rows. */
  export const cursor: usize = 36;
  export const keyCache: usize = 40;
  export const valueCache: usize = 44;
  export const rotated: usize = 48;
  export const rotate: usize = 52;
  /** A float64: pair j turns by position · 2^(−j · step). */
  export const step: usize = 56;
}

export function ropeCache(args: usize, begin: i32, end: i32, scratch: usize): void {
  const H = load<i32>(args, Word.H);
  const G = load<i32>(args, Word.G);
  const D = load<i32>(args, Word.D);
  const query = load<u32>(args, Word.query) as usize;
  const key = load<u32>(args, Word.key) as usize;
  const value = load<u32>(args, Word.value) as usize;
  const cursor = load<u32>(args, Word.cursor) as usize;
  const keyCache = load<u32>(args, Word.keyCache) as usize;
  const valueCache = load<u32>(args, Word.valueCache) as usize;
  const rotated = load<u32>(args, Word.rotated) as usize;
  const queryBytes = ((H * D) as usize) << 2;
  const keyBytes = ((G * D) as usize) << 2;
  const turns = load<i32>(args, Word.rotate) !== 0 ? scratch : 0;
  for (let row = begin; row < end; row++) {
    const position = load<u32>(cursor) + row;
    if (turns) turnsOf(position, D >> 1, load<f64>(args, Word.step), turns);
    const asked = query + (row as usize) * (load<u32>(args, Word.queryStride) as usize);
    turnHeads(asked, rotated + (row as usize) * queryBytes, H, D, turns, 1);
    if ((row as u32) >= load<u32>(cursor, 4) || position >= load<u32>(args, Word.S)) continue;
    const start = (row as usize) * (load<u32>(args, Word.keyStride) as usize);
    const place = (position as usize) * keyBytes;
    turnHeads(key + start, keyCache + place, G, D, turns, 1);
    copyRow(valueCache + place, value + start, G * D);
  }
}
