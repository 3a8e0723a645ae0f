import { describe, expect, it } from 'vitest';
import { threefry2x32, uniform24 } from './random';

describe('threefry2x32', () => {
  /** Counter, key and result: the known answers that Random123 publishes (kat_vectors, 20 rounds). */
  it.each([
    [
      [0, 0],
      [0, 0],
      [0x6b200159, 0x99ba4efe],
    ],
    [
      [0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x1cb996fc, 0xbb002be7],
    ],
    [
      [0x243f6a88, 0x85a308d3],
      [0x13198a2e, 0x03707344],
      [0xc4923a9c, 0x483df7a0],
    ],
  ] as const)('answers counter %j and key %j as published', (counter, key, result) => {
    expect(threefry2x32(key, counter)).toEqual(result);
  });

  it('gives numbers in [0, 1) whose mean and variance are those of the uniform distribution', () => {
    const count = 20_000;
    const draws = Array.from({ length: count }, (_, i) => uniform24(threefry2x32([7, 11], [i, 0])[0]));
    const mean = draws.reduce((sum, u) => sum + u, 0) / count;
    const variance = draws.reduce((sum, u) => sum + (u - mean) ** 2, 0) / count;
    expect(draws.every((u) => u >= 0 && u < 1)).toBe(true);
    // Five standard errors: σ of the mean is √(1/12/n), of the variance √(1/180/n).
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / count));
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(5 * Math.sqrt(1 / 180 / count));
  });
});
