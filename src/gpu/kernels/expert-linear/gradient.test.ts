/** The kernels of both gradients of `expertLinear` against their twins; the rule is held against differences in expert-linear.test.ts. */
import { describe, expect, it } from 'vitest';
import { checkParity, random, runVariants } from '../parity';
import { randomExperts, routing } from '../routing-case';
import { expertLinearInputGradient } from './input-gradient';
import { expertLinearWeightGradient } from './weight-gradient';

/** Of the NMSE: sums of at most 300 products in f32, as in linear.test.ts. */
const tolerance = 1e-11;

const sizes: [number, number, number, number, string[]][] = [
  [1, 3, 4, 2, ['naive', 'thread', 'group']],
  [20, 16, 16, 4, ['naive', 'thread', 'group']],
  [67, 37, 100, 5, ['naive', 'thread', 'group']],
  [300, 20, 36, 16, ['naive', 'thread', 'group']],
  [70, 9, 12, 64, ['naive', 'thread', 'group']],
  [40, 11, 8, 1, ['naive', 'thread', 'group']],
  [19, 6, 7, 3, ['naive', 'group']],
];

function givenOf(M: number, N: number, K: number, E: number) {
  const { expert, places } = routing(randomExperts(M, E, 5), E);
  return {
    gradient: random([M, N], 1),
    weight: random([E * N, K], 2, 'matrix'),
    x: random([M, K], 3),
    residual: random([M, K], 4),
    // An accumulator starts at noise, so that a kernel that overwrites it fails.
    weightGradient: random([E * N, K], 6),
    expert,
    places,
  };
}

describe('expertLinearInputGradient', () => {
  it.each(sizes)(
    'multiplies %d rows of %d with their matrix of %d columns, of %d experts',
    async (M, N, K, E, variants) => {
      const { gradient, weight, expert, places, residual } = givenOf(M, N, K, E);
      const inputs = { gradient, weight, expert, places };
      const check = (more: object, half = false) =>
        checkParity(
          expertLinearInputGradient,
          { inputs: { ...inputs, ...more }, attributes: { residualScale: -0.5 }, half },
          tolerance,
        );
      expect(await check({})).toEqual(variants);
      expect(await check({ residual })).toEqual(variants);
      expect(await check({ residual }, true)).toEqual(['naive']);
    },
  );

  it('says what does not fit', async () => {
    const { gradient, weight, expert, places } = givenOf(6, 4, 4, 2);
    const inputs = { gradient, weight, expert, places, residual: random([6, 5], 1) };
    const run = (changed: object) =>
      runVariants(expertLinearInputGradient, { inputs: { ...inputs, ...changed }, attributes: { residualScale: 1 } });
    await expect(run({})).rejects.toThrow('residual has shape [6, 5]');
    await expect(run({ weight: random([12, 4], 1, 'matrix') })).rejects.toThrow(/a matrix of N rows an expert/);
  });
});

describe('expertLinearWeightGradient', () => {
  it.each(sizes)('adds up %d rows of %d and of %d columns, of %d experts', async (M, N, K, E, variants) => {
    const { gradient, x, places, weightGradient } = givenOf(M, N, K, E);
    const test = { inputs: { gradient, x, places, weightGradient }, attributes: {} };
    expect(await checkParity(expertLinearWeightGradient, test, tolerance)).toEqual(variants);
  });

  it('leaves an expert without rows alone', async () => {
    const { gradient, x, weightGradient } = givenOf(12, 8, 8, 3);
    const { places } = routing(Array(12).fill(2), 3);
    const test = { inputs: { gradient, x, places, weightGradient }, attributes: {} };
    const compared = await runVariants(expertLinearWeightGradient, test);
    expect(compared.map(({ variant }) => variant)).toEqual(['naive', 'thread', 'group']);
    for (const { gpu } of compared) {
      expect(Array.from(gpu).slice(0, 2 * 64)).toEqual(Array.from(weightGradient.values).slice(0, 2 * 64));
    }
  });

  it('gives the same bits twice', async () => {
    const { gradient, x, places, weightGradient } = givenOf(67, 12, 20, 5);
    const test = { inputs: { gradient, x, places, weightGradient }, attributes: {} };
    const [first, second] = [
      await runVariants(expertLinearWeightGradient, test),
      await runVariants(expertLinearWeightGradient, test),
    ];
    expect(second.map(({ gpu }) => gpu)).toEqual(first.map(({ gpu }) => gpu));
  });
});
