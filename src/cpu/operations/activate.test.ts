import { describe, it } from 'vitest';
import { activate } from '../../gpu/kernels/activate/activate';
import { activateGradient } from '../../gpu/kernels/activate/gradient';
import { type Given, random } from '../../gpu/kernels/parity';
import { checkWasm } from '../parity';

/** Bound on the NMSE: the exponential is off by 2 units in the last place, the rest rounds at 2⁻²⁴ a few times: squared 1e-13. */
const tolerance = 1e-12;

/** A slope is a sum of terms up to z = 8 times as large, and the sums over rows have random signs: a hundred times more. */
const gradientTolerance = 1e-11;

const kinds = ['silu', 'gelu', 'relu'] as const;

const cases = [
  [1, 1, false, 1],
  [1, 4, true, 1],
  [3, 7, true, 1],
  [77, 20, false, 1],
  [5, 12, false, 3],
  [2, 13, true, 2],
  [64, 41, true, 5],
  [17, 256, true, 8],
  [256, 509, true, 1],
] as const;

function rowsOf(M: number, F: number, gated: boolean): Given {
  return random([M, gated ? 2 * F : F], 1, 'state', 8);
}

function seriesOf(branches: number, F: number): Record<string, Given> {
  if (branches === 1) return {};
  return { scale: random([branches, F], 2, 'vector'), offset: random([branches, F], 3, 'vector') };
}

describe.each(kinds)('activate %s on WebAssembly', (kind) => {
  it.each(cases)('agrees with the twin for %d rows of %d, gated %s, %d branches', async (M, F, gated, branches) => {
    const inputs = { h: rowsOf(M, F, gated), ...seriesOf(branches, F) };
    await checkWasm(activate, { inputs, attributes: { kind, gated, branches } }, tolerance);
  });

  it.each(cases)('brings %d rows of %d back, gated %s, %d branches', async (M, F, gated, branches) => {
    const scaleGradient = random([branches, F], 4);
    const offsetGradient = random([branches, F], 5);
    const learning =
      branches === 1 ? [{}] : [{}, { scaleGradient }, { offsetGradient }, { scaleGradient, offsetGradient }];
    const given = { gradient: random([M, F], 6), h: rowsOf(M, F, gated), ...seriesOf(branches, F) };
    for (const learns of learning) {
      const test = { inputs: { ...given, ...learns }, attributes: { kind, gated, branches } };
      await checkWasm(activateGradient, test, gradientTolerance);
    }
  });

  it('keeps far values finite', async () => {
    const h: Given = { shape: [1, 9], values: [-1e30, -200, -90, -30, 30, 90, 200, 1e30, -1e4] };
    const attributes = { kind, gated: false, branches: 1 };
    await checkWasm(activate, { inputs: { h }, attributes }, tolerance);
    await checkWasm(activateGradient, { inputs: { gradient: random([1, 9], 1), h }, attributes }, gradientTolerance);
  });
});
