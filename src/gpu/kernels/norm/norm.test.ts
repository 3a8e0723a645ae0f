import { describe, expect, it } from 'vitest';
import { checkParity, type Given, random } from '../parity';
import { norm } from './norm';

/**
 * Bound on the NMSE. Sums of C ≤ 600 squares in f32 are off by at most C · 2⁻²⁴ = 4e-5 but for random signs by √C · 2⁻²⁴ ≈ 1.5e-6,
 * squared 2e-12; inverseSqrt adds two units in the last place.
 */
const tolerance = 1e-11;

function inputs(M: number, C: number, shift: boolean, residual: boolean): Record<string, Given | undefined> {
  const x = random([M, C], 1);
  return {
    // A mean far from zero makes LayerNorm's subtraction visible.
    x: { ...x, values: Array.from(x.values, (value) => value + 0.5) },
    gain: random([C], 2, 'vector'),
    shift: shift ? random([C], 3, 'vector') : undefined,
    residual: residual ? random([M, C], 4) : undefined,
  };
}

describe.each(['rms', 'layer'] as const)('norm %s', (kind) => {
  it.each([
    [1, 1, false, true],
    [1, 256, false, false],
    [3, 7, true, false],
    [5, 24, true, true],
    [9, 65, false, true],
    [64, 192, true, true],
    [130, 12, false, false],
    [2, 600, true, false],
  ])('agrees with the twin for %d rows of %d, shift %s, residual %s', async (M, C, shift, residual) => {
    const keepStatistics = M % 2 === 1;
    const test = { inputs: inputs(M, C, shift, residual), attributes: { kind, epsilon: 1e-5, keepStatistics } };
    const used = await checkParity(norm, test, tolerance);
    expect(used).toEqual(C % 4 === 0 ? ['naive', 'row-thread', 'group'] : ['naive', 'group']);
  });

  it('is finite for a row of zeros', async () => {
    const zeros = { shape: [2, 8], values: new Float32Array(16) };
    const test = { inputs: { ...inputs(2, 8, true, false), x: zeros }, attributes: { kind, epsilon: 1e-5 } };
    expect(await checkParity(norm, test, tolerance)).toHaveLength(3);
  });
});

describe('norm', () => {
  it('refuses a gain of another width', async () => {
    const test = {
      inputs: { ...inputs(2, 8, false, false), gain: random([6], 1, 'vector') },
      attributes: { kind: 'rms', epsilon: 1e-5 } as const,
    };
    await expect(checkParity(norm, test, tolerance)).rejects.toThrow('gain has shape [6]; norm expects [8]');
  });
});
