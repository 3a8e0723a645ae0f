import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collapse } from './collapse';
import type { Features } from './features';

const features = fc
  .tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 }))
  .chain(([rows, columns]) =>
    fc
      .array(fc.integer({ min: -1000, max: 1000 }), { minLength: rows * columns, maxLength: rows * columns })
      .map((values): Features => ({ values, rows, columns })),
  );

describe('collapse', () => {
  it('is 0 when all tokens are alike, and for nothing but zeros', () => {
    expect(collapse({ values: [1, -2, 3, 1, -2, 3], rows: 2, columns: 3 })).toBe(0);
    expect(collapse({ values: new Float32Array(6), rows: 2, columns: 3 })).toBe(0);
  });

  it('is 1 when the tokens cancel', () => {
    expect(collapse({ values: [1, 0, -1, 0, 0, 2, 0, -2], rows: 4, columns: 2 })).toBe(1);
  });

  it('is 1/√2 for two perpendicular tokens of one length', () => {
    expect(collapse({ values: [3, 0, 0, 3], rows: 2, columns: 2 })).toBeCloseTo(Math.SQRT1_2, 15);
  });

  it('lies in [0, 1], and neither the scale nor the order of the tokens changes it', () => {
    fc.assert(
      fc.property(features, ({ values, rows, columns }) => {
        const value = collapse({ values, rows, columns });
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1 + 1e-12);
        const turned = Array.from({ length: rows }, (_, row) => rows - 1 - row).flatMap((row) =>
          Array.from({ length: columns }, (_, c) => -3 * (values[row * columns + c] ?? 0)),
        );
        expect(collapse({ values: turned, rows, columns })).toBeCloseTo(value, 10);
      }),
    );
  });

  it('is at most the distance to any other stream of equal rows', () => {
    fc.assert(
      fc.property(features, fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 8 }), (given, row) => {
        const { values, columns } = given;
        const all = Array.from(values);
        const norm = Math.sqrt(all.reduce((sum, value) => sum + value * value, 0));
        const other = all.reduce((sum, value, i) => sum + (value - (row[i % columns] ?? 0)) ** 2, 0);
        expect(collapse(given) * norm).toBeLessThanOrEqual(Math.sqrt(other) + 1e-9);
      }),
    );
  });
});
