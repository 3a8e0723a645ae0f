import { describe, expect, it } from 'vitest';
import { checkGradients } from '../finite-differences';
import { checkParity, type Given, random, runVariants } from '../parity';
import { dropout } from './dropout';

/** Bound on the NMSE: two products and a sum rounded at 2⁻²⁴. One element kept wrongly would be about 1 / count. */
const tolerance = 1e-13;

function drawOf(seed: number, step: number): Given {
  return { shape: [4], values: Uint32Array.of(seed, step, 0, 0), element: 'u32' };
}

function inputs(M: number, C: number, residual: boolean, draw = drawOf(0xfedcba98, 7)) {
  return { x: random([M, C], 1), residual: residual ? random([M, C], 2) : undefined, draw };
}

describe('dropout', () => {
  it.each([
    [1, 1, 0.5, true],
    [3, 7, 0.1, false],
    [77, 13, 0.3, true],
    [77, 12, 0.1, true],
    [64, 192, 0.9, false],
    [5, 8, 0, true],
  ])('agrees with the twin for %d rows of %d, rate %d, residual %s', async (M, C, rate, residual) => {
    const attributes = { rate, stream: 0xabcd1234, residualScale: 0.7 };
    const used = await checkParity(dropout, { inputs: inputs(M, C, residual), attributes }, tolerance);
    expect(used).toEqual((M * C) % 4 === 0 ? ['naive', 'vector-thread'] : ['naive']);
  });

  it('keeps about 1 − rate, scaled up, and other elements in another step, stream and seed', async () => {
    const ones: Given = { shape: [200, 100], values: new Float32Array(20_000).fill(1) };
    const kept = async (seed: number, step: number, stream: number): Promise<boolean[]> => {
      const test = {
        inputs: { x: ones, draw: drawOf(seed, step) },
        attributes: { rate: 0.2, stream, residualScale: 0 },
        variants: ['vector-thread'],
      };
      const [comparison] = await runVariants(dropout, test);
      const values = Array.from(comparison?.gpu ?? []);
      expect(new Set(values)).toEqual(new Set([0, 1.25]));
      return values.map((value) => value > 0);
    };
    const share = (flags: readonly boolean[]): number => flags.filter(Boolean).length / flags.length;
    const first = await kept(1, 1, 1);
    // Four standard deviations of a share of 20,000: 4 · √(0.8 · 0.2 / 20000) = 0.011.
    expect(Math.abs(share(first) - 0.8)).toBeLessThan(0.011);
    for (const other of [await kept(2, 1, 1), await kept(1, 2, 1), await kept(1, 1, 2)]) {
      // Independent draws agree in 0.8² + 0.2² of the elements.
      const agreeing = share(first.map((flag, index) => flag === other[index]));
      expect(Math.abs(agreeing - 0.68)).toBeLessThan(0.014);
    }
  });

  it('has the gradient of central differences', () => {
    const attributes = { rate: 0.4, stream: 3, residualScale: 0.7 };
    const test = { inputs: inputs(5, 7, true), attributes, differentiate: ['x', 'residual'] };
    expect(checkGradients(dropout, test).sort()).toEqual(['residual', 'x']);
    expect(checkGradients(dropout, { ...test, frozen: ['x'] })).toEqual(['residual']);
    expect(checkGradients(dropout, { ...test, frozen: ['residual'] })).toEqual(['x']);
  });

  it.each([-0.1, 1, Number.NaN])('refuses a rate of %d', async (rate) => {
    const test = { inputs: inputs(1, 4, false), attributes: { rate, stream: 0, residualScale: 0 } };
    await expect(checkParity(dropout, test, tolerance)).rejects.toThrow('a dropout rate is at least 0 and below 1');
  });
});
