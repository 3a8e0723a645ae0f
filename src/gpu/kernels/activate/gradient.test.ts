import { describe, expect, it } from 'vitest';
import { checkGradients } from '../finite-differences';
import { checkParity, type Given, random } from '../parity';
import { activate } from './activate';
import { activateGradient } from './gradient';

/**
 * Bound on the NMSE. As for `activate`, exp may be off by a relative 1.2e-6; the slope holds its product with z ≤ 8, and the sums
 * over M ≤ 77 rows have random signs: (8 · 1.2e-6)² ≈ 1e-10.
 */
const tolerance = 1e-10;

type Learns = 'both' | 'scale' | 'offset' | 'none';

/** Accumulators start at noise, so that a kernel that overwrites instead of adding is seen. */
function inputs(M: number, F: number, gated: boolean, branches: number, learns: Learns = 'both') {
  const h = random([M, gated ? 2 * F : F], 1, 'state', 8);
  const gradient = random([M, F], 6);
  const given: Record<string, Given | undefined> = { gradient, h };
  if (branches === 1) return given;
  return {
    ...given,
    scale: random([branches, F], 2, 'vector'),
    offset: random([branches, F], 3, 'vector'),
    scaleGradient: learns === 'both' || learns === 'scale' ? random([branches, F], 4) : undefined,
    offsetGradient: learns === 'both' || learns === 'offset' ? random([branches, F], 5) : undefined,
  };
}

function kernels(F: number, branches: number): string[] {
  if (branches === 1) return F % 4 === 0 ? ['naive', 'vector-thread'] : ['naive'];
  return F % 4 === 0 ? ['naive', 'column-thread', 'group'] : ['naive', 'group'];
}

describe('activateGradient', () => {
  describe.each(['silu', 'gelu', 'relu'] as const)('%s', (kind) => {
    it.each([
      [1, 1, false, 1],
      [1, 4, true, 1],
      [3, 7, true, 1],
      [77, 20, false, 1],
      [77, 12, false, 3],
      [2, 13, true, 2],
      [64, 40, true, 5],
      [17, 256, true, 8],
    ])('agrees with the twin for %d rows of %d, gated %s, %d branches', async (M, F, gated, branches) => {
      const attributes = { kind, gated, branches };
      const used = await checkParity(
        activateGradient,
        { inputs: inputs(M, F, gated, branches), attributes },
        tolerance,
      );
      expect(used).toEqual(kernels(F, branches));
    });

    it.each([
      [false, 1],
      [true, 1],
      [false, 3],
      [true, 8],
    ])('is the derivative of activate, gated %s, %d branches', (gated, branches) => {
      const { h, scale, offset } = inputs(5, 6, gated, branches) as Record<string, Given | undefined>;
      const test = { inputs: { h, scale, offset }, attributes: { kind, gated, branches }, differentiate: ['h'] };
      expect(checkGradients(activate, test).sort()).toEqual(branches === 1 ? ['h'] : ['h', 'offset', 'scale']);
    });
  });

  it.each(['scale', 'offset', 'none'] as const)('adds to what learns: %s', async (learns) => {
    const attributes = { kind: 'gelu', gated: true, branches: 2 } as const;
    const used = await checkParity(activateGradient, { inputs: inputs(7, 8, true, 2, learns), attributes }, tolerance);
    expect(used).toEqual(kernels(8, 2));
  });

  it('gives frozen parameters nothing', () => {
    const { h, scale, offset } = inputs(3, 4, true, 2) as Record<string, Given | undefined>;
    const attributes = { kind: 'silu', gated: true, branches: 2 } as const;
    const test = { inputs: { h, scale, offset }, attributes, differentiate: ['h'] };
    expect(checkGradients(activate, { ...test, frozen: ['scale'] }).sort()).toEqual(['h', 'offset']);
    expect(checkGradients(activate, { ...test, frozen: ['scale', 'offset'] })).toEqual(['h']);
  });

  it('keeps far values finite', async () => {
    const h: Given = { shape: [1, 8], values: [-1e30, -200, -90, -30, 30, 90, 200, 1e30] };
    const gradient: Given = { shape: [1, 8], values: [1, 2, 3, 4, 5, 6, 7, 8] };
    for (const kind of ['silu', 'gelu', 'relu'] as const) {
      const attributes = { kind, gated: false, branches: 1 };
      await checkParity(activateGradient, { inputs: { gradient, h }, attributes }, tolerance);
    }
  });

  it('refuses a gradient of another width', async () => {
    const test = {
      inputs: { ...inputs(2, 8, true, 1), gradient: random([2, 16], 1) },
      attributes: { kind: 'silu', gated: true, branches: 1 } as const,
    };
    await expect(checkParity(activateGradient, test, tolerance)).rejects.toThrow('expects [2, 8]: the shape of y');
  });
});
