import { describe, expect, it } from 'vitest';
import { embed } from '../../gpu/kernels/embed/embed';
import { linear } from '../../gpu/kernels/linear/linear';
import { type Given, graphOf, nmse, random } from '../../gpu/kernels/parity';
import type { MatrixAt } from '../command';
import { checkWasm, randomQuantised, runWasm } from '../parity';
import { loweringOf } from '.';

/** x in 22 bits, or weights as floats: the error is far below that of sums in f32. */
const exact = 1e-10;
/** x in 8 bits: a step is 1/127 of the largest of 32, so the error is about (largest / root mean square)² / (12 · 127²). */
const eightBits = 1e-4;

const layouts = ([4, 8] as const).flatMap((bits) =>
  [0, 32, 64, 128].flatMap((block) => [false, true].map((zeroPoint) => ({ bits, block, zeroPoint }))),
);

const sizes: [number, number][] = [
  [1, 32],
  [1, 160],
  [7, 96],
  [13, 176],
  [64, 1],
  [37, 41],
  [101, 688],
];

describe.each(layouts)('linear with a matrix of $bits bits, blocks of $block, zero point $zeroPoint', (layout) => {
  it.each([1, 3, 5, 17])('multiplies %d rows', async (M) => {
    for (const [N, K] of sizes) {
      const inputs = { x: random([M, K], 1), weight: randomQuantised([N, K], layout, 2) };
      await checkWasm(linear, { inputs, attributes: {} }, exact);
    }
  });

  it.each([1, 5, 17])('multiplies %d rows of 8 bits', async (M) => {
    for (const [N, K] of sizes) {
      // One product has no sum that errors could average out in.
      if (N * K < 400) continue;
      const inputs = { x: random([M, K], 1), weight: randomQuantised([N, K], layout, 2) };
      await checkWasm(linear, { inputs, attributes: {}, integerActivations: true }, eightBits);
    }
  });

  it('does what stands around the product of a token', async () => {
    const [K, F] = [96, 22];
    const token = (N: number, rest: Record<string, Given>) => ({
      x: random([2, K], 1),
      weight: randomQuantised([N, K], layout, 2),
      gain: random([K], 3, 'vector'),
      ...rest,
    });
    const norm = { kind: 'rms', epsilon: 1e-5 } as const;
    const columns = { bias: random([19], 4, 'vector'), residual: random([2, 21], 5) };
    await checkWasm(
      linear,
      { inputs: token(21, columns), attributes: { norm, residualScale: 0.5, activation: { kind: 'gelu', from: 5 } } },
      exact,
    );
    const series = { scale: random([2, F], 6, 'vector'), offset: random([2, F], 7, 'vector') };
    const gate = { kind: 'silu', gated: true, branches: 2 } as const;
    await checkWasm(linear, { inputs: token(2 * F, series), attributes: { norm, gate } }, exact);
  });

  it.each([1, 17])('adds a second product to %d rows, whichever of both is quantised', async (M) => {
    const [K, K2, N] = [96, 40, 21];
    const both: Given[][] = [
      [randomQuantised([N, K], layout, 2), randomQuantised([N, K2], layout, 3)],
      [randomQuantised([N, K], layout, 2), random([N, K2], 3, 'matrix')],
      [random([N, K], 2, 'matrix'), randomQuantised([N, K2], layout, 3)],
    ];
    for (const [weight, weight2] of both) {
      const inputs = { x: random([M, K], 1), weight, x2: random([M, 57], 4), weight2, residual: random([M, N], 5) };
      await checkWasm(linear, { inputs, attributes: { x2Offset: 9 } }, exact);
    }
  });

  it('rounds one row and many to the same 8 bits', async () => {
    const weight = randomQuantised([21, 176], layout, 2);
    const y = async (M: number) => {
      const inputs = { x: random([M, 176], 1), weight };
      const [outcome] = await runWasm(linear, { inputs, attributes: {}, integerActivations: true });
      return outcome?.gpu ?? [];
    };
    expect(nmse((await y(9)).slice(0, 21), await y(1))).toBeLessThan(1e-12);
  });

  it('gives rows of a table as floats', async () => {
    for (const C of [1, 32, 96, 176, 688]) {
      const ids = { shape: [3], values: [0, 6, 99], element: 'u32' as const };
      const cursor = { shape: [4], values: [1, 0, 0, 0], element: 'u32' as const };
      const inputs = { ids, table: randomQuantised([7, C], layout, 2), positions: random([5, C], 3, 'matrix'), cursor };
      await checkWasm(embed, { inputs, attributes: { tokens: 3 } }, 1e-13);
    }
  });
});

describe('a quantised product', () => {
  it.each([1, 17])('takes as many commands as one in f32 (%d rows)', (M) => {
    const layout = { bits: 4, block: 32, zeroPoint: false } as const;
    const norm = M === 1 ? ({ kind: 'rms', epsilon: 1e-5 } as const) : undefined;
    const inputs = {
      x: random([M, 96], 1),
      weight: randomQuantised([21, 96], layout, 2),
      gain: norm && random([96], 3, 'vector'),
      x2: random([M, 40], 4),
      weight2: randomQuantised([21, 40], layout, 5),
    };
    const { node } = graphOf(linear, { inputs, attributes: { norm } });
    const at: MatrixAt = { bits: 4, packed: 64, scales: 64, zeros: 0, block: 32, blocks: 3, rowBytes: 48 };
    const [plain, quantised] = [null, at].map((matrix) => {
      const matrices = { of: () => matrix, integerActivations: false };
      return loweringOf('linear')?.(
        node,
        () => 64,
        () => 64,
        matrices,
      );
    });
    expect(quantised?.map(({ kernel, units }) => [kernel, units])).toEqual(
      plain?.map(({ kernel, units }) => [kernel, units]),
    );
  });
});

describe('numbers that a quantised product cannot do much with', () => {
  const layout = { bits: 4, block: 32, zeroPoint: false } as const;
  const y = async (x: number[]) => {
    const inputs = { x: { shape: [1, 64], values: x }, weight: randomQuantised([8, 64], layout, 2) };
    const [outcome] = await runWasm(linear, { inputs, attributes: {} });
    return Array.from(outcome?.gpu ?? []);
  };
  const numbers = (first: number) => [first, ...new Array<number>(63).fill(0)];

  it('are not hidden: a NaN or an infinity in x makes every output NaN', async () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect((await y(numbers(bad))).every(Number.isNaN)).toBe(true);
    }
  });

  it('give exact zeros where x is zero', async () => {
    expect((await y(numbers(0))).every((value) => value === 0)).toBe(true);
  });
});
