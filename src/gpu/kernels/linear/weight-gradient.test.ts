import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../../graph/graph';
import { checkParity, type Given, random, runVariants } from '../parity';
import { linearWeightGradient } from './weight-gradient';

/** Of the NMSE: sums of M ≤ 300 products in f32, as in linear.test.ts. */
const tolerance = 1e-11;

const all = ['naive', 'quad', 'thread', 'group'];

interface Wanted {
  readonly bias?: number;
  readonly K2?: number;
  readonly weight?: boolean;
}

/** Accumulators start at noise, so that a kernel that overwrites them fails. */
function inputsOf(
  M: number,
  N: number,
  K: number,
  { bias, K2, weight = true }: Wanted,
): Record<string, Given | undefined> {
  return {
    gradient: random([M, N], 1),
    x: random([M, K], 2),
    x2: K2 ? random([M, K2], 3) : undefined,
    weightGradient: weight ? random([N, K], 4) : undefined,
    biasGradient: bias ? random([bias], 5) : undefined,
    weight2Gradient: K2 ? random([N, K2], 6) : undefined,
  };
}

function check(M: number, N: number, K: number, wanted: Wanted = {}): Promise<string[]> {
  return checkParity(linearWeightGradient, { inputs: inputsOf(M, N, K, wanted), attributes: {} }, tolerance);
}

describe('linearWeightGradient', () => {
  it.each([
    [1, 1, 4, all],
    [3, 5, 8, all],
    [16, 16, 16, all],
    [18, 20, 36, all],
    [67, 65, 100, all],
    [300, 37, 132, all],
    [12, 5, 7, ['naive', 'group']],
    [19, 18, 13, ['naive', 'group']],
  ])('adds the product of %d rows of %d and of %d columns', async (M, N, K, expected) => {
    expect(await check(M, N, K)).toEqual(expected);
  });

  it.each([
    ['every column', 24],
    ['some columns', 9],
    ['one column', 1],
  ])('sums a bias of %s', async (_, bias) => {
    expect(await check(21, 24, 40, { bias })).toEqual(all);
  });

  it('serves a second product and a bias in the same dispatch', async () => {
    expect(await check(21, 24, 28, { K2: 20, bias: 24 })).toEqual(all);
    expect(await check(10, 11, 20, { K2: 40, bias: 5 })).toEqual(all);
    expect(await check(10, 11, 20, { K2: 7 })).toEqual(['naive', 'group']);
  });

  it('sums a bias alone, or a second weight alone, in the naive kernel', async () => {
    expect(await check(9, 12, 8, { weight: false, bias: 12 })).toEqual(['naive']);
    expect(await check(9, 12, 8, { weight: false, K2: 8 })).toEqual(['naive']);
  });

  it('uses the large tiles of many rows and columns', async () => {
    expect(await check(9, 520, 1028, { bias: 520 })).toEqual(all);
  });

  it('gives the same bits twice', async () => {
    const test = { inputs: inputsOf(70, 33, 36, { bias: 33, K2: 8 }), attributes: {} };
    const [first, second] = [
      await runVariants(linearWeightGradient, test),
      await runVariants(linearWeightGradient, test),
    ];
    expect(first.length).toBe(3 * all.length);
    expect(second.map(({ gpu }) => gpu)).toEqual(first.map(({ gpu }) => gpu));
  });

  it('says what does not fit', () => {
    const builder = new GraphBuilder();
    const gradient = builder.state('dy', [4, 6]);
    const x = builder.state('x', [4, 8]);
    const accumulator = (name: string, shape: number[]) => builder.state(name, shape);
    expect(() => linearWeightGradient.outputs({ gradient, x, weightGradient: accumulator('w', [6, 7]) }, {})).toThrow(
      /w has shape \[6, 7\]; linearWeightGradient expects \[6, 8\]/,
    );
    expect(() => linearWeightGradient.outputs({ gradient, x, biasGradient: accumulator('b', [7]) }, {})).toThrow(
      /b has shape \[7\]; linearWeightGradient expects at most 6/,
    );
    expect(() => linearWeightGradient.outputs({ gradient, x }, {})).toThrow(/no parameter learns/);
    expect(() => linearWeightGradient.outputs({ gradient, x, x2: x }, {})).toThrow(/come together/);
  });
});
