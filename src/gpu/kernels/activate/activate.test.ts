import { describe, expect, it } from 'vitest';
import { checkParity, type Given, random } from '../parity';
import { activate } from './activate';

/**
 * Bound on the NMSE. f32 rounds at 2⁻²⁴; exp may be off by 3 + 2|z| units in the last place (WGSL), with |z| ≤ 8 a relative
 * 1.2e-6 and squared 1.4e-12. The bound leaves a factor of seven.
 */
const tolerance = 1e-11;

function inputs(M: number, F: number, gated: boolean, branches: number): Record<string, Given> {
  const h = random([M, gated ? 2 * F : F], 1, 'state', 8);
  if (branches === 1) return { h };
  return { h, scale: random([branches, F], 2, 'vector'), offset: random([branches, F], 3, 'vector') };
}

describe('activate', () => {
  describe.each(['silu', 'gelu', 'relu'] as const)('%s', (kind) => {
    it.each([
      [1, 1, false, 1],
      [1, 4, true, 1],
      [3, 7, true, 1],
      [5, 12, false, 3],
      [2, 13, true, 2],
      [64, 40, true, 5],
      [17, 256, true, 8],
    ])('agrees with the twin for %d rows of %d, gated %s, %d branches', async (M, F, gated, branches) => {
      const used = await checkParity(
        activate,
        { inputs: inputs(M, F, gated, branches), attributes: { kind, gated, branches } },
        tolerance,
      );
      expect(used).toEqual(F % 4 === 0 ? ['naive', 'vector-thread'] : ['naive']);
    });
  });

  it('keeps far values finite', async () => {
    const h: Given = { shape: [1, 8], values: [-1e4, -200, -90, -30, 30, 90, 200, 1e4] };
    for (const kind of ['silu', 'gelu', 'relu'] as const) {
      await checkParity(activate, { inputs: { h }, attributes: { kind, gated: false, branches: 1 } }, tolerance);
    }
  });

  it('refuses a series without its parameters', async () => {
    const test = { inputs: { h: random([1, 8], 1) }, attributes: { kind: 'silu', gated: false, branches: 2 } as const };
    await expect(checkParity(activate, test, tolerance)).rejects.toThrow('exactly when there is more than one branch');
  });

  it('refuses to gate an odd number of columns', async () => {
    const test = { inputs: { h: random([1, 9], 1) }, attributes: { kind: 'silu', gated: true, branches: 1 } as const };
    await expect(checkParity(activate, test, tolerance)).rejects.toThrow('needs an even number');
  });
});
