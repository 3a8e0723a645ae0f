import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effectiveDimension } from './effective-dimension';
import type { Features } from './features';
import { principalPlane, variances } from './principal';

const features = fc
  .tuple(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 2, max: 9 }))
  .chain(([rows, columns]) =>
    fc
      .array(fc.integer({ min: -100, max: 100 }), { minLength: rows * columns, maxLength: rows * columns })
      .map((values): Features => ({ values, rows, columns })),
  );

/** The same tokens with columns of zeros behind, so that there are fewer tokens than columns. */
function widened({ values, rows, columns }: Features, width: number): Features {
  const wide = new Float64Array(rows * width);
  for (let i = 0; i < rows * columns; i++) wide[Math.floor(i / columns) * width + (i % columns)] = values[i] ?? 0;
  return { values: wide, rows, columns: width };
}

describe('variances', () => {
  it('finds one direction in tokens on a line, from more columns than tokens and from fewer', () => {
    const steps = [-2, -1, 0, 1, 2];
    const line = steps.flatMap((t) => [5 + t * 3, t * 4, 1]);
    // Along (3, 4, 0)/5 the coordinates are 5t, whose mean square is 25 · 2.
    for (const given of [{ values: line, rows: 5, columns: 3 }, widened({ values: line, rows: 5, columns: 3 }, 7)]) {
      const found = variances(given);
      expect(found[0]).toBeCloseTo(50, 12);
      for (const rest of found.subarray(1)) expect(rest).toBeLessThan(1e-13);
      expect(effectiveDimension(found, 0.8)).toBe(1);
    }
  });

  it('are equal for tokens at the ends of all axes', () => {
    const C = 6;
    const ends = Array.from({ length: 2 * C }, (_, row) =>
      Array.from({ length: C }, (_, c) => (c === row >> 1 ? 3 * (1 - 2 * (row & 1)) : 0)),
    ).flat();
    const found = variances({ values: ends, rows: 2 * C, columns: C });
    for (const value of found) expect(value).toBeCloseTo(9 / C, 13);
    expect(effectiveDimension(found, 0.8)).toBe(5);
  });

  it('sum to the mean square distance from the mean, and wider features with nothing in them have the same', () => {
    fc.assert(
      fc.property(features, (given) => {
        const found = variances(given);
        const { values, rows, columns } = given;
        let total = 0;
        for (let c = 0; c < columns; c++) {
          const column = Array.from({ length: rows }, (_, row) => values[row * columns + c] ?? 0);
          const mean = column.reduce((sum, x) => sum + x, 0) / rows;
          total += column.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / rows;
        }
        expect(found.reduce((sum, value) => sum + value, 0)).toBeCloseTo(total, 8);
        const wide = variances(widened(given, 20));
        wide.forEach((value, k) => {
          expect(value).toBeCloseTo(found[k] ?? 0, 8);
        });
      }),
    );
  });
});

describe('principalPlane', () => {
  it('lays two clusters on both sides of the first axis', () => {
    const cluster = (x: number) => [
      [x, 1, 0],
      [x, -1, 0],
      [x, 0, 1],
      [x, 0, -1],
    ];
    const values = [...cluster(10), ...cluster(-10)].flat();
    const { points, shares } = principalPlane({ values, rows: 8, columns: 3 });
    expect(points.map(([x]) => Math.abs(x))).toEqual(Array(8).fill(expect.closeTo(10, 10)));
    expect(new Set(points.slice(0, 4).map(([x]) => Math.sign(x))).size).toBe(1);
    expect(Math.sign(points[0]?.[0] ?? 0)).toBe(-Math.sign(points[4]?.[0] ?? 0));
    // Mean squares: 100 along the first axis, 1/2 along each of the others.
    expect(shares[0]).toBeCloseTo(100 / 101, 12);
    expect(shares[1]).toBeCloseTo(0.5 / 101, 12);
  });

  it('is empty for no tokens and a point for one', () => {
    expect(principalPlane({ values: [], rows: 0, columns: 4 })).toEqual({ points: [], shares: [0, 0] });
    expect(principalPlane({ values: [1, 2, 3, 4], rows: 1, columns: 4 })).toEqual({ points: [[0, 0]], shares: [0, 0] });
  });

  it('has the two largest variances along its axes, its farthest points on their positive sides', () => {
    fc.assert(
      fc.property(features, (given) => {
        const [first = 0, second = 0] = variances(given);
        for (const same of [given, widened(given, 20)]) {
          const { points } = principalPlane(same);
          const square = (axis: 0 | 1) =>
            points.reduce((sum, point) => sum + point[axis] * point[axis], 0) / points.length;
          expect(square(0)).toBeCloseTo(first, 8);
          expect(square(1)).toBeCloseTo(second, 8);
          for (const axis of [0, 1] as const) {
            const along = points.map((point) => point[axis]);
            expect(Math.max(...along)).toBeGreaterThanOrEqual(-Math.min(...along) - 1e-9);
          }
        }
      }),
    );
  });
});
