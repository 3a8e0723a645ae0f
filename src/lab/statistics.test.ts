import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  meanInterval,
  pairedDifference,
  proportion,
  rankCorrelation,
  studentQuantile,
  studentTails,
} from './statistics';

describe('proportion', () => {
  it('gives the Wilson interval of the textbook example 81 of 263', () => {
    // Brown, Cai and DasGupta's formula evaluated by hand: centre 0.31083, half width 0.05561.
    const { share, interval } = proportion(81, 263);
    expect(share).toBeCloseTo(0.30798, 5);
    expect(interval[0]).toBeCloseTo(0.2553, 3);
    expect(interval[1]).toBeCloseTo(0.3662, 3);
  });

  it('stays inside [0, 1] at the ends', () => {
    expect(proportion(0, 10).interval[0]).toBeCloseTo(0, 12);
    expect(proportion(10, 10).interval[1]).toBeCloseTo(1, 12);
    expect(proportion(10, 10).interval[0]).toBeCloseTo(0.7225, 3);
  });

  it('refuses what is not a proportion', () => {
    expect(() => proportion(3, 2)).toThrow('3 of 2 is not a proportion');
  });
});

describe('studentQuantile', () => {
  // The two-sided 95 % column that every textbook prints, to its three digits.
  const printed = [
    [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228],
    [2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101, 2.093, 2.086],
    [2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042],
  ].flat();
  const rows = [
    ...printed.map((t, index) => [index + 1, t] as const),
    ...([[40, 2.021] as const, [60, 2] as const, [120, 1.98] as const] as const),
  ];

  it.each(rows)('with %i degrees of freedom is the printed %d', (df, t) => {
    expect(Math.abs(studentQuantile(0.975, df) - t)).toBeLessThanOrEqual(0.0005 + 1e-9);
  });

  it.each([
    [0.95, 2, 2.92],
    [0.95, 10, 1.812],
    [0.99, 5, 3.365],
    [0.995, 1, 63.657],
    [0.995, 9, 3.25],
    [0.9995, 3, 12.924],
  ])('at %d with %i degrees of freedom is the printed %d', (p, df, t) => {
    expect(Math.abs(studentQuantile(p, df) - t)).toBeLessThanOrEqual(0.0005 + 1e-9);
  });

  it('is known in closed form for 1 and 2 degrees of freedom', () => {
    expect(studentQuantile(0.975, 1)).toBeCloseTo(Math.tan(Math.PI * 0.475), 10);
    expect(studentQuantile(0.9, 2)).toBeCloseTo(0.8 / Math.sqrt(2 * 0.9 * 0.1), 12);
    expect(studentQuantile(0.5, 7)).toBeCloseTo(0, 12);
  });

  it('is undone by the tails, and odd about one half', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.501, max: 0.9999, noNaN: true }), fc.integer({ min: 1, max: 300 }), (p, df) => {
        const t = studentQuantile(p, df);
        // Near t = 0 the tails are 1 less a small share, which costs digits.
        expect(studentTails(t, df)).toBeCloseTo(2 * (1 - p), 9);
        expect(studentQuantile(1 - p, df)).toBeCloseTo(-t, 6);
      }),
    );
  });

  it('comes to the normal quantile', () => {
    expect(studentQuantile(0.975, 1e6)).toBeCloseTo(1.95996, 4);
  });

  it('refuses what has no quantile', () => {
    expect(() => studentQuantile(1, 3)).toThrow('1 is not a probability');
    expect(() => studentQuantile(0.9, 0)).toThrow('0 degrees of freedom');
  });
});

describe('meanInterval', () => {
  it('gives the interval of a hand-worked sample', () => {
    // 4.1, 5.0, 5.9: mean 5, deviation 0.9, 4.302653 · 0.9 / √3 = 2.235724.
    const { n, mean, deviation, interval } = meanInterval([4.1, 5, 5.9]);
    expect([n, mean]).toEqual([3, 5]);
    expect(deviation).toBeCloseTo(0.9, 12);
    expect(interval?.[0]).toBeCloseTo(2.764276, 5);
    expect(interval?.[1]).toBeCloseTo(7.235724, 5);
  });

  it('has no interval for one value', () => {
    expect(meanInterval([3])).toEqual({ n: 1, mean: 3, deviation: null, interval: null });
  });

  it('is wider for a higher level', () => {
    const [low, high] = [meanInterval([1, 2, 4]), meanInterval([1, 2, 4], 0.99)];
    expect(high.interval?.[0]).toBeLessThan(low.interval?.[0] ?? Number.NaN);
  });

  it('refuses nothing and NaN', () => {
    expect(() => meanInterval([])).toThrow('There is no value: a mean needs at least one.');
    expect(() => meanInterval([1, Number.NaN])).toThrow('Value 2 of 2 is NaN');
    expect(() => meanInterval([Number.POSITIVE_INFINITY])).toThrow('Value 1 of 1 is Infinity');
  });
});

describe('pairedDifference', () => {
  it("gives Student's sleep data: mean −1.58, t = −4.062 with 9 degrees of freedom", () => {
    // "Student", The probable error of a mean, Biometrika 6 (1908): hours of sleep gained under two drugs.
    const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
    const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
    const { n, mean, deviation, interval } = pairedDifference(first, second);
    expect(n).toBe(10);
    expect(mean).toBeCloseTo(-1.58, 12);
    const t = mean / ((deviation ?? Number.NaN) / Math.sqrt(10));
    expect(t).toBeCloseTo(-4.0621, 4);
    expect(studentTails(t, 9)).toBeCloseTo(0.002833, 6);
    expect(interval?.[0]).toBeCloseTo(-2.4598858, 6);
    expect(interval?.[1]).toBeCloseTo(-0.7001142, 6);
  });

  it('does not see what a seed does to both', () => {
    const { mean, deviation } = pairedDifference([11, 101, 1001], [10, 100, 1000]);
    expect([mean, deviation]).toEqual([1, 0]);
  });

  it('refuses values without a partner', () => {
    expect(() => pairedDifference([1, 2], [1])).toThrow('2 and 1 values are not pairs');
  });
});

describe('rankCorrelation', () => {
  const upTo = (n: number) => Array.from({ length: n }, (_, index) => index + 1);

  // Orders at least as far from chance, in both directions: 21, 12, 6 and 1 of 720 a side for six pairs.
  it.each([
    [4, 1, upTo(4), 2 / 24],
    [5, 1, upTo(5), 2 / 120],
    [5, 0.9, [1, 2, 3, 5, 4], 10 / 120],
    [6, 29 / 35, [2, 1, 4, 3, 6, 5], 42 / 720],
    [6, 31 / 35, [2, 1, 4, 3, 5, 6], 24 / 720],
    [6, 33 / 35, [2, 1, 3, 4, 5, 6], 12 / 720],
    [6, -1, upTo(6).toReversed(), 2 / 720],
  ])('of %i pairs with ρ = %d counts the orders', (n, coefficient, y, p) => {
    const found = rankCorrelation(upTo(n), y);
    expect(found.coefficient).toBeCloseTo(coefficient, 12);
    expect(found.p).toBeCloseTo(p, 12);
    expect(found).toMatchObject({ n, method: 'exact' });
  });

  it('gives tied values the mean of their ranks', () => {
    // Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4: Σ ab = 4.5, Σ a² = 4.5, Σ b² = 5.
    expect(rankCorrelation([1, 2, 2, 3], [10, 20, 30, 40]).coefficient).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 12);
  });

  it('takes the t distribution for ten pairs and more', () => {
    // IQ against hours of television, the ten pairs of the Wikipedia example: ρ = −29/165, p = 0.627188.
    const iq = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110];
    const hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17];
    const { coefficient, p, method } = rankCorrelation(iq, hours);
    expect(coefficient).toBeCloseTo(-29 / 165, 12);
    expect(p).toBeCloseTo(0.627188, 5);
    expect(method).toBe('t');
    expect(rankCorrelation(upTo(12), upTo(12))).toMatchObject({ coefficient: 1, p: 0 });
  });

  it('says nothing of a side that is all alike', () => {
    expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toEqual({ n: 3, coefficient: null, p: null, method: 'exact' });
  });

  it('does not change under a rising map, and turns its sign with the order', () => {
    const distinct = fc.uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 3, maxLength: 7 });
    fc.assert(
      fc.property(distinct, fc.infiniteStream(fc.integer({ min: 0, max: 9 })), (x, stream) => {
        const y = x.map(() => stream.next().value as number);
        const found = rankCorrelation(x, y);
        expect(
          rankCorrelation(
            x.map((value) => value ** 3),
            y,
          ),
        ).toEqual(found);
        const turned = rankCorrelation(
          x.map((value) => -value),
          y,
        );
        expect(turned.coefficient ?? 0).toBeCloseTo(-(found.coefficient ?? 0), 12);
        expect(turned.p).toBe(found.p);
      }),
    );
  });

  it('refuses what is no pairs', () => {
    expect(() => rankCorrelation([1], [1])).toThrow('at least 2');
    expect(() => rankCorrelation([1, 2], [1])).toThrow('2 and 1 values');
    expect(() => rankCorrelation([1, Number.NaN], [1, 2])).toThrow('Value 2 of 2 is NaN');
  });
});
