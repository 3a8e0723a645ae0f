import { describe, expect, it } from 'vitest';
import { checkParity, type Given, random, runVariants } from '../../parity';
import { randomMatrix, type SchemeLayout } from '../../quantised-case';
import { linear } from '../linear';
import type { LinearAttributes } from '../shape';

/**
 * Bounds on Σ(gpu − twin)² / Σ twin². With f32 activations as for f32 weights (../linear.test.ts) and a little more, because
 * Σ digit · x and zero · Σ x are rounded before their difference is taken. Activations of 8 bits have steps of
 * max / 127 in each block of 32: for numbers spread evenly from −1 to 1 an error of (1/127)²/12 over a power of 1/3, 1.5e-5.
 */
const tolerance = 1e-10;
const integerTolerance = 1e-4;

type Inputs = Record<string, Given>;

const schemes: [string, SchemeLayout][] = [
  ['int4 by row', { bits: 4, block: 'row', zeros: false }],
  ['int4 by row with zero points', { bits: 4, block: 'row', zeros: true }],
  ['int4 by 32', { bits: 4, block: 32, zeros: false }],
  ['int4 by 32 with zero points', { bits: 4, block: 32, zeros: true }],
  ['int4 by 64', { bits: 4, block: 64, zeros: false }],
  ['int4 by 128', { bits: 4, block: 128, zeros: false }],
  ['int8 by row', { bits: 8, block: 'row', zeros: false }],
  ['int8 by row with zero points', { bits: 8, block: 'row', zeros: true }],
  ['int8 by 32', { bits: 8, block: 32, zeros: false }],
  ['int8 by 64', { bits: 8, block: 64, zeros: false }],
  ['int8 by 128', { bits: 8, block: 128, zeros: false }],
];
const [int4, int8] = [schemes[3]?.[1] as SchemeLayout, schemes[7]?.[1] as SchemeLayout];

/** Numbers that 8 bits hold: multiples of 1/127, with a one in every block of 32. Integer activations then cost no accuracy. */
function levels(rows: number, columns: number): Given {
  const values = Float32Array.from({ length: rows * columns }, (_, i) =>
    (i % columns) % 32 === 5 ? -1 : (((i * 37) % 255) - 127) / 127,
  );
  return { shape: [rows, columns], values };
}

/** x, a quantised weight and the optional inputs of a case, random, of the shapes given; weight2 quantised where asked. */
function inputs(
  M: number,
  K: number,
  N: number,
  scheme: SchemeLayout,
  optional: Record<string, readonly number[]> = {},
  scheme2?: SchemeLayout,
): Inputs {
  const given: Inputs = { x: random([M, K], 1), weight: randomMatrix(N, K, scheme, 2) };
  Object.entries(optional).forEach(([name, shape], index) => {
    const kind = name === 'weight2' ? 'matrix' : name === 'x2' || name === 'residual' ? 'state' : 'vector';
    given[name] =
      name === 'weight2' && scheme2
        ? randomMatrix(shape[0] ?? 0, shape[1] ?? 0, scheme2, 3 + index)
        : random(shape, 3 + index, kind);
  });
  return given;
}

const matvecs = ['quantised-naive', 'quantised-matvec-thread', 'quantised-matvec-group'];
const matmuls = ['quantised-naive', 'quantised-matmul-thread', 'quantised-matmul-group'];
const quads = ['quantised-naive', 'quantised-matmul-quad', 'quantised-matmul-thread', 'quantised-matmul-group'];
const naive = ['quantised-naive'];
const packed: Record<string, string[]> = {
  [matvecs.join()]: ['quantised-naive', 'quantised-matvec-thread', 'packed-matvec-thread', 'packed-matvec-group'],
  [matmuls.join()]: ['quantised-naive', 'packed-matmul-thread', 'packed-matmul-group'],
  [quads.join()]: ['quantised-naive', 'quantised-matmul-quad', 'packed-matmul-thread', 'packed-matmul-group'],
  [naive.join()]: naive,
};

/** Runs a case with f32 and with integer activations, each on all kernels that take it. */
async function expectParity(given: Inputs, attributes: LinearAttributes, expected: string[], half = false) {
  expect(await checkParity(linear, { inputs: given, attributes, half }, tolerance)).toEqual(expected);
  const integers = { inputs: given, attributes, half, integerActivations: true };
  expect(await checkParity(linear, integers, integerTolerance)).toEqual(packed[expected.join()]);
}

/** As `expectParity`, with an x that loses nothing in 8 bits: what follows the products is then held to the same bound. */
async function expectSame(given: Inputs, attributes: LinearAttributes, expected: string[], half = false) {
  const [M = 0, K = 0] = given.x?.shape ?? [];
  const exact = { ...given, x: levels(M, K) };
  expect(await checkParity(linear, { inputs: exact, attributes, half }, tolerance)).toEqual(expected);
  const integers = { inputs: exact, attributes, half, integerActivations: true };
  expect(await checkParity(linear, integers, tolerance)).toEqual(packed[expected.join()]);
}

describe.each(schemes)('linear with a weight in %s', (_, scheme) => {
  it.each([
    [1, 32, 1, matvecs],
    [2, 96, 13, matvecs],
    [3, 160, 7, matvecs],
    [4, 512, 33, matvecs],
    [1, 512, 301, matvecs],
    [1, 176, 12, matvecs],
    [5, 32, 1, matmuls],
    [17, 96, 35, matmuls],
    [64, 160, 36, quads],
    [5, 176, 12, quads],
    [1, 41, 5, naive],
    [6, 41, 5, naive],
  ])('multiplies %d rows of %d by %d rows', async (M, K, N, expected) => {
    await expectParity(inputs(M, K, N, scheme), {}, expected);
  });
});

const rowsAndSecond = [
  ['one row', 1, 13, 16, int4, matvecs],
  ['many rows', 19, 20, 40, int4, quads],
  ['three rows', 3, 13, 40, int8, matvecs],
  ['many rows and an odd number of columns', 19, 21, 16, int8, matmuls],
  ['a second product of odd length', 2, 13, 7, int4, naive],
] as const;

/** What reads a second weight is compiled for each way to store it; the rest need not be. */
describe.each([
  ['f32', undefined, false, rowsAndSecond],
  ['packed f16', undefined, true, rowsAndSecond.slice(0, 2)],
  ['int4', int4, false, rowsAndSecond],
  ['int8', int8, false, rowsAndSecond.slice(0, 2)],
] as const)('with a second weight in %s', (_, scheme2, half, cases) => {
  it.each([...cases])(
    'adds bias, second product and residual at once on %s',
    async (__, M, N, K2, scheme, expected) => {
      const optional = { bias: [N - 2], x2: [M, 52], weight2: [N, K2], residual: [M, N] };
      const given = inputs(M, 96, N, scheme, optional, scheme2);
      await expectSame(given, { x2Offset: 8, residualScale: -0.5 }, expected, half);
    },
  );
});

it.each([int4, int8])('takes a quantised second weight beside a first one that is not', async (scheme2) => {
  for (const M of [1, 6]) {
    const given = inputs(M, 64, 9, int4, { x2: [M, 40], weight2: [9, 32] }, scheme2);
    const plain = { ...given, weight: random([9, 64], 2, 'matrix') };
    expect(await checkParity(linear, { inputs: plain, attributes: { x2Offset: 8 } }, tolerance)).toEqual(naive);
  }
});

describe.each([
  ['three rows', 3, matvecs],
  ['many rows', 19, quads],
])('on %s', (_, M, expected) => {
  const N = M > 4 ? 20 : 13;

  it.each([int4, int8])('adds a bias to the first columns alone', async (scheme) => {
    await expectSame(inputs(M, 64, N, scheme, { bias: [6] }), {}, expected);
  });

  it('applies an activation from a column on', async () => {
    const activation = { kind: M > 4 ? 'gelu' : 'silu', from: 5 } as const;
    await expectSame(inputs(M, 64, N, int4, { bias: [N] }), { activation }, expected);
  });

  it('adds a scaled residual', async () => {
    await expectSame(inputs(M, 64, N, int4, { residual: [M, N] }), { residualScale: 2.5 }, expected);
  });

  it('applies the activation before the second product and the residual', async () => {
    const given = inputs(M, 64, N, int8, { bias: [N], x2: [M, 8], weight2: [N, 8], residual: [M, N] });
    await expectSame(given, { activation: { kind: 'relu', from: 0 } }, M > 4 ? naive : expected);
  });
});

it('multiplies with the large tiles of many rows and columns', async () => {
  await expectParity(inputs(520, 64, 1032, int4), {}, quads);
});

describe('the norm of x', () => {
  it.each([
    ['rms', 160, 9, int4],
    ['rms', 512, 3, int8],
    ['layer', 32, 300, int4],
  ] as const)('is taken first and kept (%s, %d columns, %d rows of the weight)', async (kind, K, N, scheme) => {
    const attributes = { norm: { kind, epsilon: 1e-5 }, keepNormed: true };
    await expectParity(inputs(2, K, N, scheme, { gain: [K] }), attributes, matvecs);
  });

  it('goes with a shift, a bias and a residual', async () => {
    const given = inputs(4, 96, 9, int4, { gain: [96], shift: [96], bias: [9], residual: [4, 9] });
    await expectParity(given, { norm: { kind: 'layer', epsilon: 1e-5 }, keepNormed: true }, matvecs);
  });
});

describe.each([
  ['gated', true, 24],
  ['plain', false, 12],
])('as the %s gate of an FFN', (_, gated, N) => {
  it.each(gated ? (['silu', 'gelu', 'relu'] as const) : (['relu'] as const))('applies %s', async (kind) => {
    await expectSame(inputs(3, 96, N, int4), { gate: { kind, gated, branches: 1 } }, matvecs);
  });

  it.each([int4, int8])('sums series branches after a norm', async (scheme) => {
    const given = inputs(2, 96, N, scheme, { gain: [96], shift: [96], scale: [5, 12], offset: [5, 12] });
    const attributes: LinearAttributes = {
      norm: { kind: 'layer', epsilon: 1e-5 },
      gate: { kind: 'gelu', gated, branches: 5 },
    };
    await expectParity(given, attributes, matvecs);
  });
});

it('takes a gate whose rows do not begin at a tile in the naive kernel', async () => {
  await expectParity(inputs(1, 64, 22, int4), { gate: { kind: 'silu', gated: true, branches: 1 } }, naive);
});

it('multiplies rows of zeros', async () => {
  for (const integerActivations of [false, true]) {
    const given = { ...inputs(1, 64, 5, int4), x: { shape: [1, 64], values: new Float32Array(64) } };
    for (const { gpu } of await runVariants(linear, { inputs: given, attributes: {}, integerActivations })) {
      expect(Array.from(gpu)).toEqual([0, 0, 0, 0, 0]);
    }
  }
});
