import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AxisKey } from './axes';
import { randomValues } from './random-arms';

const draw = (key: AxisKey, from: number, to: number, count: number, seed = 1) =>
  randomValues({ kind: 'random', ranges: [{ key, from, to }], count, seed });

describe('randomValues', () => {
  it('draws different whole numbers between the bounds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 0, max: 200 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        (from, span, count, seed) => {
          const { values, short } = draw('depth', from, from + span, count, seed);
          const numbers = values.map(([value]) => value as number);
          expect(new Set(numbers).size).toBe(numbers.length);
          expect(numbers.every((value) => Number.isInteger(value) && value >= from && value <= from + span)).toBe(true);
          expect(numbers.length + short).toBe(count);
        },
      ),
    );
  });

  it('says how many are missing where a range holds no more', () => {
    const { values, short } = draw('depth', 2, 4, 5);
    expect(values.map(([value]) => value).toSorted()).toEqual([2, 3, 4]);
    expect(short).toBe(2);
  });

  it('adds to what a smaller count drew, and draws others for another seed', () => {
    expect(draw('depth', 1, 500, 20).values.slice(0, 5)).toEqual(draw('depth', 1, 500, 5).values);
    expect(draw('depth', 1, 500, 20, 2).values).not.toEqual(draw('depth', 1, 500, 20).values);
  });

  it('is as likely on each doubling of the range', () => {
    const numbers = Array.from({ length: 2000 }, (_, seed) => draw('depth', 1, 255, 1, seed).values[0]?.[0] as number);
    const doublings = Array.from({ length: 8 }, (_, power) => 2 ** power);
    for (const low of doublings) {
      const share = numbers.filter((value) => value >= low && value < 2 * low).length / numbers.length;
      // Three deviations of a share of 1/8 among 2,000.
      expect(Math.abs(share - 1 / 8)).toBeLessThan(0.023);
    }
  });

  it('draws widths that heads divide', () => {
    const { values } = draw('width', 60, 200, 10);
    expect(values.every(([value]) => (value as number) % 8 === 0 && (value as number) >= 64)).toBe(true);
  });
});
