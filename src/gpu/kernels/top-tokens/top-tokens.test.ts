import { describe, expect, it } from 'vitest';
import { type Comparison, type Given, noise, runVariants } from '../parity';
import { floatOf, listed, recordLength } from './record';
import { topTokens } from './top-tokens';

/** Relative error of probabilities and entropy: V ≤ 6,144 sums in f32 and the error of exp, well under 2⁻¹⁶. */
const tolerance = 2 ** -16;

function run(logits: Given): Promise<Comparison[]> {
  return runVariants(topTokens, { inputs: { logits }, attributes: {} });
}

/** Same id and list; numbers within the tolerance. */
function expectSameRecords({ gpu, twin, variant }: Comparison): void {
  for (let row = 0; row < gpu.length / recordLength; row++) {
    const words = (from: ArrayLike<number>, start: number, end: number) =>
      Array.from(from).slice(row * recordLength + start, row * recordLength + end);
    const ids = (from: ArrayLike<number>) => [words(from, 0, 2), words(from, 4, 4 + listed)];
    expect(ids(gpu), variant).toEqual(ids(twin));
    const numbers = (from: ArrayLike<number>) =>
      [...words(from, 2, 4), ...words(from, 4 + listed, recordLength)].map(floatOf);
    const expected = numbers(twin);
    numbers(gpu).forEach((value, i) => {
      expect(Math.abs(value - (expected[i] as number)), variant).toBeLessThanOrEqual(
        tolerance * Math.max(1e-6, expected[i] as number),
      );
    });
  }
}

describe('topTokens', () => {
  it.each([
    [1, 1],
    [3, 2],
    [2, 10],
    [5, 11],
    [1, 257],
    [9, 1024],
    [2, 6144],
  ])('agrees with the twin for %d rows of %d logits', async (M, V) => {
    const values = noise(M * V, 3).map((value) => value * 6);
    const comparisons = await run({ shape: [M, V], values });
    expect(comparisons.map(({ variant }) => variant)).toEqual(['naive', 'group']);
    comparisons.forEach(expectSameRecords);
  });

  it('lists equal logits by id', async () => {
    const values = Array.from({ length: 300 }, (_, id) => (id % 7 === 0 ? 2 : id % 3));
    for (const comparison of await run({ shape: [1, 300], values })) {
      expectSameRecords(comparison);
      expect(Array.from(comparison.gpu).slice(4, 14)).toEqual([0, 2, 5, 7, 8, 11, 14, 17, 20, 21]);
    }
  });

  it('counts what is not a number as the lowest and infinities as far', async () => {
    const odd = [1, Number.NaN, Number.NEGATIVE_INFINITY, 3, Number.POSITIVE_INFINITY, 2, Number.NaN];
    for (const comparison of await run({ shape: [1, 7], values: odd })) {
      expectSameRecords(comparison);
      expect(Array.from(comparison.gpu).slice(4, 11)).toEqual([4, 3, 5, 0, 1, 2, 6]);
    }
    const nothing = new Array(400).fill(Number.NaN);
    for (const comparison of await run({ shape: [1, 400], values: nothing })) {
      expectSameRecords(comparison);
      expect(comparison.gpu[0]).toBe(0);
      expect(floatOf(comparison.gpu[3] as number)).toBeCloseTo(Math.log(400), 4);
    }
  });
});
