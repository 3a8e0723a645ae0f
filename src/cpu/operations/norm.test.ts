import { describe, it } from 'vitest';
import { normGradient } from '../../gpu/kernels/norm/gradient';
import { norm } from '../../gpu/kernels/norm/norm';
import { normTwin } from '../../gpu/kernels/norm/twin';
import { type Given, random } from '../../gpu/kernels/parity';
import { checkWasm } from '../parity';

/**
 * Bound on the NMSE. Sums of C ≤ 600 squares in f32 are off by at most C · 2⁻²⁴ = 4e-5 but for random signs by √C · 2⁻²⁴ ≈ 1.5e-6,
 * squared 2e-12.
 */
const tolerance = 1e-11;

/** dx is the small rest of three terms, relative to which their errors count: about a factor of ten. */
const gradientTolerance = 1e-10;

type Kind = 'rms' | 'layer';

/** A mean far from zero makes LayerNorm's subtraction visible. */
function rowsOf(M: number, C: number): Given {
  const x = random([M, C], 1);
  return { ...x, values: Array.from(x.values, (value) => value + 0.5) };
}

function statisticsOf(x: Given, C: number, kind: Kind): Given {
  const M = x.values.length / C;
  const statistics = new Float64Array(M * 2);
  const numbers = { x: Float64Array.from(x.values), gain: new Float64Array(C), shift: undefined, residual: undefined };
  const node = { attributes: { kind, epsilon: 1e-5 } } as Parameters<typeof normTwin>[2];
  normTwin(numbers, { y: new Float64Array(x.values.length), statistics }, node);
  return { shape: [M, 2], values: statistics };
}

const shapes = [
  [1, 1],
  [1, 256],
  [3, 7],
  [5, 24],
  [9, 65],
  [77, 13],
  [130, 12],
  [2, 600],
  [768, 128],
] as const;

describe.each(['rms', 'layer'] as const)('norm %s on WebAssembly', (kind) => {
  it.each(shapes)('agrees with the twin for %d rows of %d', async (M, C) => {
    const shift = random([C], 3, 'vector');
    const residual = random([M, C], 4);
    for (const others of [{ residual }, { shift }, { shift, residual }]) {
      // Without a residual a row of one is a zero that only rounding fills.
      const x = C === 1 ? random([M, C], 1) : rowsOf(M, C);
      const inputs = { x, gain: random([C], 2, 'vector'), ...others };
      for (const keepStatistics of [false, true]) {
        await checkWasm(norm, { inputs, attributes: { kind, epsilon: 1e-5, keepStatistics } }, tolerance);
      }
    }
  });

  it('is finite for a row of zeros', async () => {
    const zeros = { shape: [2, 8], values: new Float32Array(16) };
    const inputs = { x: zeros, gain: random([8], 2, 'vector') };
    await checkWasm(norm, { inputs, attributes: { kind, epsilon: 1e-5 } }, tolerance);
  });

  it.each(shapes)('brings the gradients of %d rows of %d back', async (M, C) => {
    const x = rowsOf(M, C);
    // The gradient of a row of one cancels to almost nothing: the residual gives it a size.
    const given = {
      gradient: random([M, C], 2),
      x,
      statistics: statisticsOf(x, C, kind),
      gain: random([C], 3, 'vector'),
      residual: random([M, C], 4),
    };
    const gainGradient = random([C], 5);
    const shiftGradient = random([C], 6);
    for (const learns of [{}, { gainGradient }, { shiftGradient }, { gainGradient, shiftGradient }]) {
      const test = { inputs: { ...given, ...learns }, attributes: { kind, residualScale: 0.7 } };
      await checkWasm(normGradient, test, gradientTolerance);
    }
    if (C === 1) return;
    const alone = { ...given, residual: undefined };
    await checkWasm(normGradient, { inputs: alone, attributes: { kind, residualScale: 0 } }, gradientTolerance);
  });
});
