import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../graph/graph';
import { checkParity, random } from '../parity';
import { linearInputGradient } from './input-gradient';

/** Of the NMSE: sums of N ≤ 300 products in f32, as in linear.test.ts. */
const tolerance = 1e-11;

const all = ['naive', 'quad', 'thread', 'group'];

function check(M: number, N: number, K: number, optional: { K2?: number; residualScale?: number } = {}, half = false) {
  const { K2, residualScale } = optional;
  const inputs = {
    gradient: random([M, N], 1),
    weight: random([N, K], 2, 'matrix'),
    weight2: K2 ? random([N, K2], 3, 'matrix') : undefined,
    residual: residualScale === undefined ? undefined : random([M, K], 4),
  };
  return checkParity(
    linearInputGradient,
    { inputs, attributes: { residualScale: residualScale ?? 0 }, half },
    tolerance,
  );
}

describe('linearInputGradient', () => {
  it.each([
    [1, 1, 4, all],
    [3, 5, 8, all],
    [16, 16, 16, all],
    [17, 20, 36, all],
    [67, 65, 100, all],
    [37, 300, 132, all],
    [5, 12, 7, ['naive', 'group']],
    [19, 13, 18, ['naive', 'group']],
  ])('multiplies %d rows of %d by a weight of %d columns', async (M, N, K, expected) => {
    expect(await check(M, N, K)).toEqual(expected);
  });

  it('adds a scaled residual', async () => {
    expect(await check(21, 24, 28, { residualScale: -0.5 })).toEqual(all);
  });

  it('carries the gradient of a second product in the same dispatch', async () => {
    expect(await check(21, 24, 28, { K2: 20 })).toEqual(all);
    expect(await check(9, 11, 12, { K2: 40, residualScale: 2 })).toEqual(all);
    expect(await check(9, 11, 12, { K2: 5 })).toEqual(['naive', 'group']);
  });

  it('uses the large tiles of many rows and columns', async () => {
    expect(await check(520, 9, 1028)).toEqual(all);
  });

  it('reads packed f16 weights in the naive kernel', async () => {
    expect(await check(5, 12, 8, { K2: 4, residualScale: 1 }, true)).toEqual(['naive']);
  });

  it('names the tensor whose shape does not fit', () => {
    const builder = new GraphBuilder();
    const gradient = builder.state('dy', [4, 6]);
    const weight = builder.matrix('short', [5, 8]);
    expect(() => linearInputGradient.outputs({ gradient, weight }, { residualScale: 1 })).toThrow(
      /short has shape \[5, 8\]; linearInputGradient expects \[6, 8\]/,
    );
  });
});
