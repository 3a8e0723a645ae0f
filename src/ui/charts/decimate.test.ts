import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimate, decimateTogether } from './decimate';

const series = fc
  .array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 3000 })
  .map((values) => values.map((y, x) => ({ x, y })));

describe('decimation', () => {
  test('keeps a short series as it is', () => {
    const points = [
      { x: 0, y: 1 },
      { x: 1, y: 2 },
    ];
    expect(decimate(points)).toBe(points);
  });

  test('keeps the order, the lowest and the highest value, and at most 256 points', () => {
    fc.assert(
      fc.property(series, (points) => {
        const kept = decimate(points);
        expect(kept.length).toBeLessThanOrEqual(256);
        const xs = kept.map((point) => point.x);
        expect(xs).toEqual([...xs].sort((a, b) => a - b));
        const highest = (list: readonly { y: number }[]) => list.reduce((most, { y }) => Math.max(most, y), -Infinity);
        const lowest = (list: readonly { y: number }[]) => list.reduce((least, { y }) => Math.min(least, y), Infinity);
        expect(highest(kept)).toBe(highest(points));
        expect(lowest(kept)).toBe(lowest(points));
      }),
      { numRuns: 50 },
    );
  });

  test('a single peak among a thousand points survives', () => {
    const points = Array.from({ length: 1000 }, (_, x) => ({ x, y: x === 617 ? 9 : 0 }));
    expect(decimate(points)).toContainEqual({ x: 617, y: 9 });
  });
});

describe('decimation of several series', () => {
  test('keeps the lowest and the highest value of each, in at most 128 shared rows', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer(), fc.integer(), fc.integer()), { minLength: 1, maxLength: 2000 }),
        (values) => {
          const points = values.map((ys, x) => ({ x, ys }));
          const kept = decimateTogether(points);
          expect(kept.length).toBeLessThanOrEqual(128);
          const xs = kept.map(({ x }) => x);
          expect(xs).toEqual([...new Set(xs)].sort((a, b) => a - b));
          for (const series of [0, 1, 2]) {
            const range = (list: typeof points) => {
              const ys = list.map(({ ys: row }) => row[series] ?? 0);
              return [Math.min(...ys), Math.max(...ys)];
            };
            expect(range([...kept] as typeof points)).toEqual(range(points));
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});
