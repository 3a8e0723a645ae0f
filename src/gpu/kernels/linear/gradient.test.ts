/** The reverse rule of `linear` against finite differences, on the twin. */
import { describe, expect, it } from 'vitest';
import { checkGradients } from '../finite-differences';
import { random } from '../parity';
import { linear } from './linear';
import type { LinearAttributes } from './shape';

const M = 5;
const K = 6;
const N = 7;
const product = { x: random([M, K], 1), weight: random([N, K], 2, 'matrix') };
const second = { x2: random([M, 4], 3), weight2: random([N, 4], 4, 'matrix') };
const residual = { residual: random([M, N], 5) };

describe('the gradient of linear', () => {
  it('reaches x and the weight', () => {
    expect(checkGradients(linear, { inputs: product, attributes: {}, differentiate: ['x'] }).sort()).toEqual([
      'weight',
      'x',
    ]);
  });

  it('reaches a bias that is shorter than the output', () => {
    const inputs = { ...product, bias: random([3], 6, 'vector') };
    expect(checkGradients(linear, { inputs, attributes: {}, differentiate: ['x'] })).toContain('bias');
  });

  it('reaches both products, the bias and a scaled residual at once', () => {
    const inputs = { ...product, ...second, ...residual, bias: random([N], 6, 'vector') };
    const compared = checkGradients(linear, {
      inputs,
      attributes: { residualScale: -1.5 },
      differentiate: ['x', 'x2', 'residual'],
    });
    expect(compared.sort()).toEqual(['bias', 'residual', 'weight', 'weight2', 'x', 'x2']);
  });

  it('reaches the second product alone when nothing above the first learns', () => {
    const inputs = { ...product, ...second };
    const compared = checkGradients(linear, { inputs, attributes: {}, differentiate: ['x2'], frozen: ['weight'] });
    expect(compared.sort()).toEqual(['weight2', 'x2']);
  });

  it('leaves out parameters that are frozen', () => {
    const inputs = { ...product, ...second, bias: random([N], 6, 'vector') };
    const compared = checkGradients(linear, {
      inputs,
      attributes: {},
      differentiate: ['x', 'x2'],
      frozen: ['weight', 'weight2'],
    });
    expect(compared.sort()).toEqual(['bias', 'x', 'x2']);
  });

  it.each<[string, LinearAttributes, RegExp]>([
    ['an activation', { activation: { kind: 'relu', from: 0 } }, /no gradient\. Make them nodes of their own/],
    ['a gate', { gate: { kind: 'silu', gated: false, branches: 1 } }, /no gradient\. Make them nodes of their own/],
  ])('is refused for %s', (_, attributes, sentence) => {
    expect(() => checkGradients(linear, { inputs: product, attributes, differentiate: ['x'] })).toThrow(sentence);
  });

  it('is refused for a second product that starts inside x2', () => {
    const inputs = { ...product, x2: random([M, 6], 3), weight2: second.weight2 };
    expect(() => checkGradients(linear, { inputs, attributes: { x2Offset: 2 }, differentiate: ['x'] })).toThrow(
      /starts at column 2 of x2/,
    );
  });
});
