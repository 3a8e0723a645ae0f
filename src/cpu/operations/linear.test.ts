import { describe, it } from 'vitest';
import { linearInputGradient } from '../../gpu/kernels/linear/input-gradient';
import { linear } from '../../gpu/kernels/linear/linear';
import { linearWeightGradient } from '../../gpu/kernels/linear/weight-gradient';
import { type Given, random } from '../../gpu/kernels/parity';
import { checkWasm } from '../parity';

/**
 * Bound on the NMSE: sums of K ≤ 1,300 products in f32, each rounding at most 2⁻²⁴ of the partial sum; for random signs the
 * errors add like √K, so the relative error is near √1300 · 2⁻²⁴ ≈ 2e-6 and its square 5e-12.
 */
const tolerance = 1e-11;

const shapes: [number, number, number][] = [
  [1, 1, 1],
  [5, 17, 11],
  [7, 3, 23],
  [4, 64, 33],
  [17, 20, 36],
  [67, 100, 132],
  [130, 513, 65],
  [64, 1300, 8],
  [9, 512, 257],
];

describe('linear on WebAssembly', () => {
  it.each(shapes)('multiplies %d rows of %d by a weight of %d rows', async (M, K, N) => {
    const inputs = { x: random([M, K], 1), weight: random([N, K], 2, 'matrix') };
    await checkWasm(linear, { inputs, attributes: {} }, tolerance);
  });

  it.each([3, 19])('adds bias, second product and residual to %d rows', async (M) => {
    const inputs: Record<string, Given> = {
      x: random([M, 23], 1),
      weight: random([21, 23], 2, 'matrix'),
      bias: random([18], 3, 'vector'),
      x2: random([M, 28], 4),
      weight2: random([21, 16], 5, 'matrix'),
      residual: random([M, 21], 6),
    };
    await checkWasm(linear, { inputs, attributes: { x2Offset: 7, residualScale: -0.5 } }, tolerance);
  });

  it.each(['silu', 'gelu', 'relu'] as const)('applies %s from a column on', async (kind) => {
    const inputs = { x: random([9, 23], 1), weight: random([30, 23], 2, 'matrix'), bias: random([30], 3, 'vector') };
    await checkWasm(linear, { inputs, attributes: { activation: { kind, from: 5 } } }, tolerance);
  });
});

/** x, weight and the optional inputs of a case, random, of the shapes given. */
function tokenInputs(M: number, K: number, N: number, optional: Record<string, readonly number[]> = {}) {
  const given: Record<string, Given> = { x: random([M, K], 1), weight: random([N, K], 2, 'matrix') };
  Object.entries(optional).forEach(([name, shape], index) => {
    const kind = name === 'weight2' ? 'matrix' : name === 'x2' || name === 'residual' ? 'state' : 'vector';
    given[name] = random(shape, 3 + index, kind);
  });
  return given;
}

describe('linear of a token on WebAssembly', () => {
  it.each([
    ['rms', 40, 9],
    ['rms', 513, 70],
    ['layer', 7, 300],
  ] as const)('takes the %s norm of %d columns first and keeps it, %d rows of the weight', async (kind, K, N) => {
    const attributes = { norm: { kind, epsilon: 1e-5 }, keepNormed: true };
    await checkWasm(linear, { inputs: tokenInputs(2, K, N, { gain: [K] }), attributes }, tolerance);
  });

  it('goes with a shift, a bias of some columns and a residual', async () => {
    const inputs = tokenInputs(3, 41, 13, { gain: [41], shift: [41], bias: [11], residual: [3, 13] });
    await checkWasm(
      linear,
      { inputs, attributes: { norm: { kind: 'layer', epsilon: 1e-5 }, residualScale: 2.5 } },
      tolerance,
    );
  });

  it.each(['silu', 'gelu', 'relu'] as const)('applies %s from a column on, before a second product', async (kind) => {
    const inputs = tokenInputs(1, 24, 21, { bias: [21], x2: [1, 9], weight2: [21, 7], residual: [1, 21] });
    await checkWasm(linear, { inputs, attributes: { activation: { kind, from: 5 }, x2Offset: 2 } }, tolerance);
  });

  it.each([
    ['gated', true, 'silu'],
    ['gated', true, 'gelu'],
    ['plain', false, 'gelu'],
    ['plain', false, 'relu'],
  ] as const)('is the %s gate of an FFN (%s, %s)', async (_, gated, kind) => {
    for (const F of [1, 11, 64]) {
      const N = gated ? 2 * F : F;
      const gate = { kind, gated, branches: 1 };
      await checkWasm(linear, { inputs: tokenInputs(2, 33, N, { bias: [N] }), attributes: { gate } }, tolerance);
      const series = tokenInputs(2, 48, N, { gain: [48], shift: [48], scale: [3, F], offset: [3, F] });
      const attributes = { norm: { kind: 'layer', epsilon: 1e-5 }, gate: { kind, gated, branches: 3 } } as const;
      await checkWasm(linear, { inputs: series, attributes }, tolerance);
    }
  });

  it.each(['silu', 'gelu'] as const)('stays finite where the exponential in %s would overflow', async (kind) => {
    const x = { shape: [1, 8], values: new Float32Array(8).fill(500) };
    const inputs = { ...tokenInputs(1, 8, 6), x };
    await checkWasm(linear, { inputs, attributes: { gate: { kind, gated: false, branches: 1 } } }, tolerance);
  });
});

describe('the gradients of linear on WebAssembly', () => {
  it.each(shapes)('agree with the twin for M = %d, N = %d, K = %d', async (M, N, K) => {
    const gradient = random([M, N], 1);
    const inputs = {
      gradient,
      weight: random([N, K], 2, 'matrix'),
      residual: random([M, K], 3),
      weight2: random([N, 5], 4, 'matrix'),
    };
    await checkWasm(linearInputGradient, { inputs, attributes: { residualScale: 0.7 } }, tolerance);
    const sums = {
      gradient,
      x: random([M, K], 2),
      x2: random([M, 5], 3),
      weightGradient: random([N, K], 4),
      biasGradient: random([Math.max(1, N - 2)], 5),
      weight2Gradient: random([N, 5], 6),
    };
    await checkWasm(linearWeightGradient, { inputs: sums, attributes: {} }, tolerance);
  });
});
