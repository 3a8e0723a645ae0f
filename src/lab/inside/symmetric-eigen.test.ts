import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { symmetricEigen } from './symmetric-eigen';

const symmetric = fc.integer({ min: 1, max: 12 }).chain((n) =>
  fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: n * n, maxLength: n * n }).map((values) => ({
    n,
    matrix: Float64Array.from(
      { length: n * n },
      (_, i) => (values[Math.max(i, (i % n) * n + Math.floor(i / n))] ?? 0) as number,
    ),
  })),
);

describe('symmetricEigen', () => {
  it('solves [[2, 1], [1, 2]]: 3 along (1, 1), 1 along (1, −1)', () => {
    const { values, vectors } = symmetricEigen(Float64Array.of(2, 1, 1, 2), 2);
    expect(values[0]).toBeCloseTo(3, 14);
    expect(values[1]).toBeCloseTo(1, 14);
    expect((vectors[0] ?? 0) / (vectors[1] ?? 0)).toBeCloseTo(1, 14);
    expect((vectors[2] ?? 0) / (vectors[3] ?? 0)).toBeCloseTo(-1, 14);
  });

  it('sorts a diagonal matrix and finds one eigenvalue of a rank-1 matrix', () => {
    expect([...symmetricEigen(Float64Array.of(1, 0, 0, 0, 5, 0, 0, 0, -2), 3).values]).toEqual([5, 1, -2]);
    const x = [1, -2, 3, 0.5];
    const { values } = symmetricEigen(Float64Array.from(x.flatMap((a) => x.map((b) => a * b))), 4);
    expect(values[0]).toBeCloseTo(14.25, 12);
    for (const rest of values.subarray(1)) expect(Math.abs(rest)).toBeLessThan(1e-14);
  });

  it('gives the eigenvalues of the path of 40 nodes, 2 − 2 cos(πk/40)', () => {
    const n = 40;
    const laplacian = new Float64Array(n * n);
    for (let i = 0; i + 1 < n; i++) {
      for (const [a, b, value] of [
        [i, i, 1],
        [i + 1, i + 1, 1],
        [i, i + 1, -1],
        [i + 1, i, -1],
      ] as const) {
        laplacian[a * n + b] = (laplacian[a * n + b] ?? 0) + value;
      }
    }
    const { values } = symmetricEigen(laplacian, n);
    values.forEach((value, k) => {
      expect(value).toBeCloseTo(2 - 2 * Math.cos((Math.PI * (n - 1 - k)) / n), 13);
    });
  });

  it('gives orthonormal vectors with A v = λ v, largest first', () => {
    fc.assert(
      fc.property(symmetric, ({ n, matrix }) => {
        const { values, vectors } = symmetricEigen(matrix, n);
        const dot = (i: number, j: number) =>
          Array.from({ length: n }, (_, k) => (vectors[i * n + k] ?? 0) * (vectors[j * n + k] ?? 0)).reduce(
            (sum, product) => sum + product,
            0,
          );
        for (let k = 0; k < n; k++) {
          expect(k === 0 || (values[k] ?? 0) <= (values[k - 1] ?? 0)).toBe(true);
          for (let j = 0; j <= k; j++) expect(dot(k, j)).toBeCloseTo(j === k ? 1 : 0, 12);
          for (let row = 0; row < n; row++) {
            let product = 0;
            for (let c = 0; c < n; c++) product += (matrix[row * n + c] ?? 0) * (vectors[k * n + c] ?? 0);
            expect(product).toBeCloseTo((values[k] ?? 0) * (vectors[k * n + row] ?? 0), 11);
          }
        }
      }),
    );
  });

  it('refuses numbers that are not finite', () => {
    expect(() => symmetricEigen(Float64Array.of(1, Number.NaN, Number.NaN, 1), 2)).toThrow('not finite');
  });
});
