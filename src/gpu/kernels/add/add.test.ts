import { describe, expect, it } from 'vitest';
import { checkGradients } from '../finite-differences';
import { checkParity, random } from '../parity';
import { add } from './add';

/** Bound on the NMSE: two products and a sum, each rounded at 2⁻²⁴. */
const tolerance = 1e-13;
const attributes = { scaleA: 0.7, scaleB: -1.3 };

describe('add', () => {
  it.each([
    [1, 1, true],
    [1, 4, true],
    [3, 7, true],
    [77, 12, true],
    [77, 12, false],
    [5, 5, false],
  ])('agrees with the twin for %d rows of %d, b %s', async (M, C, hasB) => {
    const inputs = { a: random([M, C], 1), b: hasB ? random([M, C], 2) : undefined };
    const used = await checkParity(add, { inputs, attributes }, tolerance);
    expect(used).toEqual((M * C) % 4 === 0 ? ['naive', 'vector-thread'] : ['naive']);
  });

  it('has the gradient of central differences', () => {
    const inputs = { a: random([3, 5], 1), b: random([3, 5], 2) };
    expect(checkGradients(add, { inputs, attributes, differentiate: ['a', 'b'] }).sort()).toEqual(['a', 'b']);
    expect(checkGradients(add, { inputs, attributes, differentiate: ['a', 'b'], frozen: ['a'] })).toEqual(['b']);
    expect(checkGradients(add, { inputs: { a: inputs.a }, attributes, differentiate: ['a'] })).toEqual(['a']);
  });

  it('refuses addends of different shapes', async () => {
    const inputs = { a: random([2, 8], 1), b: random([2, 4], 2) };
    await expect(checkParity(add, { inputs, attributes }, tolerance)).rejects.toThrow('b has shape [2, 4]');
  });
});
