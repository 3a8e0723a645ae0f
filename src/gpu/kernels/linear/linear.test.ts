import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../graph/graph';
import { checkParity, type Given, random } from '../parity';
import { linear } from './linear';
import type { LinearAttributes } from './shape';

/**
 * Bound on Σ(gpu − twin)² / Σ twin². The kernels sum K products in f32: each rounding is at most 2⁻²⁴ of the partial sum, and
 * for random signs the errors of K ≤ 600 terms add like √K, so the relative error is near √600 · 2⁻²⁴ ≈ 1.5e-6 and its
 * square 2e-12. The bound leaves a factor of five for exp and inverseSqrt, which WGSL allows a few units in the last place.
 */
const tolerance = 1e-11;

type Inputs = Record<string, Given>;

/** x, weight and the optional inputs of a case, random, of the shapes given. */
function inputs(M: number, K: number, N: number, optional: Record<string, readonly number[]> = {}): Inputs {
  const given: Inputs = { x: random([M, K], 1), weight: random([N, K], 2, 'matrix') };
  Object.entries(optional).forEach(([name, shape], index) => {
    const kind = name === 'weight2' ? 'matrix' : name === 'x2' || name === 'residual' ? 'state' : 'vector';
    given[name] = random(shape, 3 + index, kind);
  });
  return given;
}

const precisions = [
  ['f32', false],
  ['packed f16', true],
] as const;

const matvecs = ['naive', 'matvec-thread', 'matvec-group'];
const matmuls = ['naive', 'matmul-thread', 'matmul-group'];
/** From 16 rows on, with f32 weights, columns in fours and no activation, four threads share what they load. */
const quads = ['naive', 'matmul-quad', 'matmul-thread', 'matmul-group'];

function variantsOf(given: Inputs, attributes: LinearAttributes = {}, half = false): Promise<string[]> {
  return checkParity(linear, { inputs: given, attributes, half }, tolerance);
}

describe.each(precisions)('linear with %s weights', (_, half) => {
  it.each([
    [1, 1, 1, ['naive']],
    [5, 17, 11, ['naive']],
    [1, 8, 1, matvecs],
    [2, 24, 13, matvecs],
    [4, 64, 33, matvecs],
    [1, 592, 301, matvecs],
    [5, 4, 1, matmuls],
    [17, 20, 33, matmuls],
    [17, 20, 36, half ? matmuls : quads],
    [67, 100, 132, half ? matmuls : quads],
  ])('multiplies %d rows of %d by a weight of %d rows', async (M, K, N, expected) => {
    expect(await variantsOf(inputs(M, K, N), {}, half)).toEqual(expected);
  });

  it.each([
    ['one row', 1, 24, matvecs],
    ['many rows', 19, 24, half ? matmuls : quads],
    ['an odd row length', 3, 23, ['naive']],
  ])('adds bias, second product and residual at once on %s', async (__, M, K, expected) => {
    const N = M > 4 ? 20 : 13;
    const given = inputs(M, K, N, { bias: [N - 2], x2: [M, 28], weight2: [N, 16], residual: [M, N] });
    expect(await variantsOf(given, { x2Offset: 8, residualScale: -0.5 }, half)).toEqual(expected);
  });

  it('works as the gate of an FFN with a norm, a bias and series branches', async () => {
    const given = inputs(2, 48, 22, { gain: [48], bias: [22], scale: [2, 11], offset: [2, 11] });
    const attributes: LinearAttributes = {
      norm: { kind: 'rms', epsilon: 1e-5 },
      gate: { kind: 'silu', gated: true, branches: 2 },
      keepNormed: true,
    };
    expect(await variantsOf(given, attributes, half)).toEqual(matvecs);
  });

  it('takes a second product of odd length in the naive kernel', async () => {
    const given = inputs(2, 16, 5, { x2: [2, 9], weight2: [5, 7] });
    expect(await variantsOf(given, { x2Offset: 1 }, half)).toEqual(['naive']);
  });
});

it('multiplies with the large tiles of many rows and columns', async () => {
  expect(await variantsOf(inputs(520, 16, 1032))).toEqual(quads);
});

describe.each([
  ['three rows', 3, matvecs],
  ['many rows', 19, quads],
])('on %s', (_, M, expected) => {
  const N = M > 4 ? 20 : 13;
  const K = 24;

  it('adds a bias', async () => {
    expect(await variantsOf(inputs(M, K, N, { bias: [N] }))).toEqual(expected);
  });

  it('adds a bias to the first columns alone', async () => {
    expect(await variantsOf(inputs(M, K, N, { bias: [6] }))).toEqual(expected);
  });

  it.each(['silu', 'gelu', 'relu'] as const)('applies %s from a column on', async (kind) => {
    const given = inputs(M, K, N, { bias: [N] });
    expect(await variantsOf(given, { activation: { kind, from: 5 } })).toEqual(M > 4 ? matmuls : expected);
  });

  it('adds a second product of some columns of x2', async () => {
    const given = inputs(M, K, N, { x2: [M, 28], weight2: [N, 16] });
    expect(await variantsOf(given, { x2Offset: 8 })).toEqual(expected);
  });

  it('adds a scaled residual', async () => {
    const given = inputs(M, K, N, { residual: [M, N] });
    expect(await variantsOf(given, { residualScale: 2.5 })).toEqual(expected);
  });

  it('applies the activation before the second product and the residual', async () => {
    const given = inputs(M, K, N, { bias: [N], x2: [M, 8], weight2: [N, 8], residual: [M, N] });
    const used = await variantsOf(given, { activation: { kind: 'relu', from: 0 } });
    expect(used).toEqual(M > 4 ? ['naive'] : expected);
  });
});

describe('the norm of x', () => {
  it.each([
    ['rms', 40, 9],
    ['rms', 512, 3],
    ['layer', 8, 300],
  ] as const)('is taken first and kept (%s, %d columns, %d rows of the weight)', async (kind, K, N) => {
    const attributes = { norm: { kind, epsilon: 1e-5 }, keepNormed: true };
    expect(await variantsOf(inputs(2, K, N, { gain: [K] }), attributes)).toEqual(matvecs);
  });

  it('goes with a shift, a bias and a residual', async () => {
    const given = inputs(4, 40, 9, { gain: [40], shift: [40], bias: [9], residual: [4, 9] });
    expect(await variantsOf(given, { norm: { kind: 'layer', epsilon: 1e-5 }, keepNormed: true })).toEqual(matvecs);
  });

  it('stays exact when x has a mean far from zero', async () => {
    const given = inputs(1, 64, 8, { gain: [64] });
    const x = random([1, 64], 1);
    const shifted = { ...given, x: { ...x, values: Array.from(x.values, (value) => Math.fround(value + 4)) } };
    expect(await variantsOf(shifted, { norm: { kind: 'layer', epsilon: 1e-5 } })).toEqual(matvecs);
  });
});

describe.each([
  ['gated', true, 22],
  ['plain', false, 11],
])('as the %s gate of an FFN', (_, gated, N) => {
  const F = 11;

  it.each(['silu', 'gelu', 'relu'] as const)('applies %s', async (kind) => {
    expect(await variantsOf(inputs(3, 32, N), { gate: { kind, gated, branches: 1 } })).toEqual(matvecs);
  });

  it('sums series branches after LayerNorm with its shift', async () => {
    const given = inputs(2, 48, N, { gain: [48], shift: [48], scale: [5, F], offset: [5, F] });
    const attributes: LinearAttributes = {
      norm: { kind: 'layer', epsilon: 1e-5 },
      gate: { kind: 'gelu', gated, branches: 5 },
    };
    expect(await variantsOf(given, attributes)).toEqual(matvecs);
  });
});

it.each(['silu', 'gelu'] as const)('stays finite where the exponential in %s would overflow', async (kind) => {
  const x = { shape: [1, 8], values: new Float32Array(8).fill(500) };
  const given = { ...inputs(1, 8, 6), x };
  expect(await variantsOf(given, { gate: { kind, gated: false, branches: 1 } })).toEqual(matvecs);
});

describe('the shape rule of linear', () => {
  const builder = new GraphBuilder();
  const x = builder.state('x', [2, 8]);
  const weight = builder.matrix('weight', [6, 8]);
  const vector = (name: string, size: number) => builder.vector(name, [size]);

  it('names the tensor whose shape does not fit', () => {
    expect(() => linear.outputs({ x, weight: builder.matrix('short', [6, 7]) }, {})).toThrow(
      /short has shape \[6, 7\]; linear expects \[6, 8\]/,
    );
    expect(() => linear.outputs({ x, weight, bias: vector('bias', 7) }, {})).toThrow(
      /bias has shape \[7\]; linear expects at most 6 values/,
    );
  });

  it('refuses a norm without its gain, and a kept norm without a norm', () => {
    expect(() => linear.outputs({ x, weight }, { norm: { kind: 'rms', epsilon: 1e-5 } })).toThrow(/gain/);
    expect(() => linear.outputs({ x, weight }, { keepNormed: true })).toThrow(/no norm/);
  });

  it('refuses a gate with a residual, and more branches than it has parameters for', () => {
    const residual = builder.state('residual', [2, 6]);
    const gate = { kind: 'silu', gated: false, branches: 1 } as const;
    expect(() => linear.outputs({ x, weight, residual }, { gate })).toThrow(/a gate is the last step/);
    expect(() => linear.outputs({ x, weight }, { gate: { ...gate, branches: 2 } })).toThrow(/scale and offset/);
  });

  it('refuses a second product beyond the columns of x2', () => {
    const x2 = builder.state('x2', [2, 8]);
    const weight2 = builder.matrix('weight2', [6, 4]);
    expect(() => linear.outputs({ x, weight, x2, weight2 }, { x2Offset: 5 })).toThrow(/x2 has 8 columns/);
  });

  it('refuses more optional inputs than a kernel can bind and says what to do', () => {
    const given = {
      x,
      weight,
      bias: vector('bias6', 6),
      gain: vector('gain', 8),
      shift: vector('shift', 8),
      scale: builder.vector('scale', [2, 6]),
      offset: builder.vector('offset', [2, 6]),
    };
    const attributes: LinearAttributes = {
      norm: { kind: 'layer', epsilon: 1e-5 },
      gate: { kind: 'silu', gated: false, branches: 2 },
    };
    expect(() => linear.outputs(given, attributes)).toThrow(/at most 4\. Make the norm a node of its own/);
  });

  it('counts two operations a multiply-add of both products', () => {
    const graph = new GraphBuilder();
    const given = { x: graph.state('a', [3, 8]), weight: graph.matrix('w', [6, 8]) };
    const second = { x2: graph.state('b', [3, 4]), weight2: graph.matrix('w2', [6, 4]) };
    graph.add(linear, 'both', { ...given, ...second }, {});
    const [node] = graph.build().nodes;
    expect(node && linear.flops(node as never)).toBe(2 * 3 * 6 * (8 + 4));
  });
});
