import { describe, expect, it } from 'vitest';
import { CounterRandom } from './random';

const draws = (random: CounterRandom, count: number, bound: number) =>
  Array.from({ length: count }, () => random.below(bound));

describe('CounterRandom', () => {
  it('is a function of stream, seed, index and purpose', () => {
    const key = draws(new CounterRandom('train', 1, 2, 3), 8, 1 << 30);
    expect(draws(new CounterRandom('train', 1, 2, 3), 8, 1 << 30)).toEqual(key);
    for (const other of [
      new CounterRandom('held-out', 1, 2, 3),
      new CounterRandom('probe', 1, 2, 3),
      new CounterRandom('train', 2, 2, 3),
      new CounterRandom('train', 1, 3, 3),
      new CounterRandom('train', 1, 2, 4),
    ]) {
      expect(draws(other, 8, 1 << 30)).not.toEqual(key);
    }
  });

  it('is uniform within a key and across neighbouring indices', () => {
    const bound = 12;
    const within = new Array<number>(bound).fill(0);
    const across = new Array<number>(bound).fill(0);
    const total = 60_000;
    const random = new CounterRandom('train', 7, 7);
    for (let index = 0; index < total; index++) {
      const [here, there] = [random.below(bound), new CounterRandom('train', 7, index).below(bound)];
      within[here] = (within[here] ?? 0) + 1;
      across[there] = (across[there] ?? 0) + 1;
    }
    for (const counts of [within, across]) {
      const expected = total / bound;
      const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
      // the 99.9th percentile of chi-square with 11 degrees of freedom
      expect(chiSquare).toBeLessThan(31.26);
    }
  });
});
