/**
 * The rotary embedding of one head in the rotate-half layout, on the CPU: the pair (j, j + D/2) turns by the angle
 * position · θ^(−2j/D). Source: RoFormer (2104.09864), layout of Hugging Face's LLaMA.
 */
import type { Numbers } from '../../../graph/operation';
import type { ColumnAttributes } from '../attention/heads';

/** Copies the head at `from[start…]` to `to[target…]`, turned to `position`, or unturned when the model has no RoPE. */
export function rotateHead(
  from: Numbers,
  start: number,
  to: Numbers,
  target: number,
  position: number,
  { headSize, theta, rotate }: ColumnAttributes,
): void {
  const half = headSize / 2;
  for (let j = 0; j < half; j++) {
    const angle = rotate ? position * theta ** ((-2 * j) / headSize) : 0;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const a = from[start + j] as number;
    const b = from[start + half + j] as number;
    to[target + j] = a * cos - b * sin;
    to[target + half + j] = b * cos + a * sin;
  }
}
