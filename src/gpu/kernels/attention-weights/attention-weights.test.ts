import { describe, expect, it } from 'vitest';
import { checkParity, type Given, random, runVariants } from '../parity';
import { attentionWeights } from './attention-weights';
import type { AttentionWeightsAttributes } from './shape';

/** As attentionToken's: the rounding of the rotary angle, at position 255 about 3e-5 of a score, squared 1e-9. */
const tolerance = 2e-9;

interface Shape {
  readonly S: number;
  readonly H: number;
  readonly G: number;
  readonly D: number;
  readonly position: number;
  readonly prefix?: number;
}

function inputs({ S, H, G, D, position, prefix = 0 }: Shape): Record<string, Given> {
  return {
    query: random([1, 3 + H * D], 1, 'state', 3),
    keyCache: random([S, G * D], 2, 'state', 3),
    cursor: { shape: [4], values: [position, 1, prefix, 0], element: 'u32' },
  };
}

function attributes(
  { H, G, D }: Shape,
  mask: 'causal' | 'prefix' = 'causal',
  window: number | null = null,
): AttentionWeightsAttributes {
  const offsets = { queryOffset: 3, keyOffset: 0, valueOffset: 0 };
  return { heads: H, groups: G, headSize: D, theta: 10000, rotate: true, ...offsets, mask, window };
}

describe('attentionWeights', () => {
  it.each([
    [{ S: 1, H: 1, G: 1, D: 2, position: 0 }, 'causal', null],
    [{ S: 16, H: 4, G: 2, D: 6, position: 9 }, 'causal', 4],
    [{ S: 40, H: 3, G: 1, D: 32, position: 17, prefix: 25 }, 'prefix', null],
    [{ S: 40, H: 3, G: 1, D: 32, position: 17, prefix: 25 }, 'prefix', 3],
    [{ S: 256, H: 8, G: 8, D: 32, position: 255 }, 'causal', null],
    [{ S: 70, H: 2, G: 1, D: 256, position: 80 }, 'causal', null],
  ] as const)('agrees with the twin for %j, %s, window %s', async (shape, mask, window) => {
    const test = { inputs: inputs(shape), attributes: attributes(shape, mask, window) };
    expect(await checkParity(attentionWeights, test, tolerance)).toEqual(['naive', 'group']);
  });

  it('sums to one for each head and is zero where the mask hides', async () => {
    const shape = { S: 24, H: 3, G: 3, D: 8, position: 13 };
    const comparisons = await runVariants(attentionWeights, {
      inputs: inputs(shape),
      attributes: { ...attributes(shape, 'causal', 6), rotate: false },
    });
    expect(comparisons).toHaveLength(2);
    for (const { gpu } of comparisons) {
      for (let h = 0; h < 3; h++) {
        const row = Array.from(gpu).slice(h * 24, (h + 1) * 24);
        expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 6);
        expect(row.flatMap((weight, j) => (weight > 0 ? [j] : []))).toEqual([8, 9, 10, 11, 12, 13]);
      }
    }
  });
});
