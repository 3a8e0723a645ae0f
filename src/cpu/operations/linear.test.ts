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
