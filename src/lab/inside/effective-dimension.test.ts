import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effectiveDimension } from './effective-dimension';

describe('effectiveDimension', () => {
  it('counts components of equal variance: 8 of 10 explain 80 %, however their sum rounds', () => {
    expect(effectiveDimension(Array(10).fill(0.1), 0.8)).toBe(8);
    expect(effectiveDimension(Array(10).fill(0.1 + 1e-16), 0.8)).toBe(8);
    expect(effectiveDimension(Array(10).fill(1 / 3), 1)).toBe(10);
  });

  it('is 1 for a single direction and 0 when nothing varies', () => {
    expect(effectiveDimension([7, 0, 0], 0.8)).toBe(1);
    expect(effectiveDimension([0, 0], 0.8)).toBe(0);
    expect(effectiveDimension([], 0.8)).toBe(0);
  });

  it('needs the second component from the first one’s share on', () => {
    expect([0.5, 0.79, 0.81, 1].map((share) => effectiveDimension([4, 1], share))).toEqual([1, 1, 2, 2]);
  });

  it('grows with the share, and scale does not matter', () => {
    const sorted = fc
      .array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1, maxLength: 20 })
      .map((values) => values.sort((a, b) => b - a));
    const share = fc.double({ min: 0.01, max: 1, noNaN: true });
    fc.assert(
      fc.property(sorted, share, share, (values, a, b) => {
        const d = effectiveDimension(values, Math.min(a, b));
        expect(d).toBeLessThanOrEqual(effectiveDimension(values, Math.max(a, b)));
        expect(d).toBe(
          effectiveDimension(
            values.map((value) => value * 8),
            Math.min(a, b),
          ),
        );
      }),
    );
  });
});
