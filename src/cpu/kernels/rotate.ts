/**
 * The rotary embedding of heads in the rotate-half layout: the pair (j, j + D/2) turns by its angle,
 * a' = a·cos − b·sin, b' = b·cos + a·sin. Source: RoFormer (2104.09864), layout of Hugging Face's LLaMA.
 */

import { copyRow } from './rows';

/** Heads of D elements side by side, as `turnHead` turns one; copied without turns (0). */
export function turnHeads(from: usize, to: usize, heads: i32, D: i32, turns: usize, direction: f32): void {
  if (!turns) {
    copyRow(to, from, heads * D);
    return;
  }
  const headBytes = (D as usize) << 2;
  for (let head = 0; head < heads; head++) {
    turnHead(from, to, D >> 1, turns, direction);
    from += headBytes;
    to += headBytes;
  }
}

/**
 * Turns a head of 2 · `half` elements at `from` to `to`; `turns` holds (cosine, sine) for each pair, as a row of the table of
 * turns does. `direction` −1 turns it back. `from` and `to` may be the same head.
 */
export function turnHead(from: usize, to: usize, half: i32, turns: usize, direction: f32): void {
  const apart = (half as usize) << 2;
  let j = 0;
  for (; j + 4 <= half; j += 4) {
    const left = v128.load(turns);
    const right = v128.load(turns, 16);
    const cosine = v128.shuffle<f32>(left, right, 0, 2, 4, 6);
    const sine = f32x4.mul(v128.shuffle<f32>(left, right, 1, 3, 5, 7), f32x4.splat(direction));
    const a = v128.load(from);
    const b = v128.load(from + apart);
    v128.store(to, f32x4.sub(f32x4.mul(a, cosine), f32x4.mul(b, sine)));
    v128.store(to + apart, f32x4.add(f32x4.mul(b, cosine), f32x4.mul(a, sine)));
    turns += 32;
    from += 16;
    to += 16;
  }
  for (; j < half; j++) {
    const cosine = load<f32>(turns);
    const sine = load<f32>(turns, 4) * direction;
    const a = load<f32>(from);
    const b = load<f32>(from + apart);
    store<f32>(to, a * cosine - b * sine);
    store<f32>(to + apart, b * cosine + a * sine);
    turns += 8;
    from += 4;
    to += 4;
  }
}
