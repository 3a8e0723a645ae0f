/**
 * Dropout (inverted): out = x · keep / (1 − rate) (+ residualScale · residual). keep of the elements 2i and 2i + 1 comes from
 * words 0 and 1 of threefry2x32 with key (seed, stream) and counter (i, step), draw = [seed, step, 0, 0]: kept when the upper
 * 24 bits are at least `threshold` = ⌈rate · 2²⁴⌉. A unit is 1024 elements.
 * Source: Srivastava et al., "Dropout" (JMLR 15, 2014).
 */
import { loadFirst, storeFirst } from './lanes';
import { threefryFour } from './threefry';

/** Words of the arguments; `src/cpu/operations/dropout.ts` writes them. */
namespace Word {
  export const x: usize = 0;
  /** The shape of x, or 0. */
  export const residual: usize = 4;
  export const draw: usize = 8;
  export const out: usize = 12;
  export const count: usize = 16;
  export const stream: usize = 20;
  export const threshold: usize = 24;
  /** 1 / (1 − rate). */
  export const keepScale: usize = 28;
  export const residualScale: usize = 32;
}

const each: i32 = 1024;

export function dropout(args: usize, begin: i32, end: i32, scratch: usize): void {
  const draw = load<u32>(args, Word.draw) as usize;
  const seed = load<u32>(draw);
  const step = load<u32>(draw, 4);
  const stream = load<u32>(args, Word.stream);
  const last = min(end * each, load<i32>(args, Word.count));
  for (let i = begin * each; i < last; i += 8) {
    threefryFour(seed, stream, (i as u32) >> 1, step, scratch);
    const x = v128.load(scratch);
    const y = v128.load(scratch, 16);
    dropFour(args, i, last - i, v128.shuffle<i32>(x, y, 0, 4, 1, 5));
    if (i + 4 < last) dropFour(args, i + 4, last - i - 4, v128.shuffle<i32>(x, y, 2, 6, 3, 7));
  }
}

/** Elements `i` to i + 3, or the first `count` of them, by a random word each. */
function dropFour(args: usize, i: i32, count: i32, words: v128): void {
  const place = (i as usize) << 2;
  const residual = load<u32>(args, Word.residual) as usize;
  const keep = i32x4.ge_s(i32x4.shr_u(words, 8), v128.load32_splat(args, Word.threshold));
  const x = loadFirst((load<u32>(args, Word.x) as usize) + place, count);
  let value = v128.and(f32x4.mul(x, v128.load32_splat(args, Word.keepScale)), keep);
  if (residual) {
    const scale = v128.load32_splat(args, Word.residualScale);
    value = f32x4.add(value, f32x4.mul(scale, loadFirst(residual + place, count)));
  }
  storeFirst((load<u32>(args, Word.out) as usize) + place, value, count);
}
