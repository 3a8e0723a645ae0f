/** Normal numbers from counters: the same key gives the same bits on every machine. */
import { log } from './exact-math';
import { threefry2x32, uniform24, type Words } from './random';

/** N(0, deviation²) by the polar method: pairs of points in a square, those outside the circle drawn again. */
export function normals(count: number, key: Words, deviation: number): Float32Array {
  const values = new Float32Array(count);
  for (let index = 0; index < count; index += 2) {
    for (let attempt = 0; ; attempt++) {
      const [a, b] = threefry2x32(key, [index, attempt]);
      const x = 2 * uniform24(a) - 1;
      const y = 2 * uniform24(b) - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = deviation * Math.sqrt((-2 * log(square)) / square);
      values[index] = x * factor;
      if (index + 1 < count) values[index + 1] = y * factor;
      break;
    }
  }
  return values;
}
