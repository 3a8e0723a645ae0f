import { describe, expect, it } from 'vitest';
import { checkParity, type Given, random, runVariants } from '../parity';
import { ropeCache } from './rope-cache';
import type { RopeCacheAttributes } from './shape';

/**
 * Bound on the NMSE at positions below 64. The angle is a product in f32, off by 2⁻²⁴ of itself and by the error of exp2, 3 units
 * in the last place: at 64 radians 1.5e-5, squared 2e-10 for the fastest pair, and less for the others.
 */
const tolerance = 1e-9;
/** At position 4000 the same error is 60 times larger, its square 4,000 times. */
const farTolerance = 1e-6;

interface Shape {
  readonly T: number;
  readonly H: number;
  readonly G: number;
  readonly D: number;
  readonly position: number;
  readonly valid?: number;
  readonly S?: number;
}

function cursorAt(position: number, rows: number): Given {
  return { shape: [4], values: [position, rows, 0, 0], element: 'u32' };
}

/** Queries, keys and values in one projection, with a column in front and some behind. */
function stacked({ T, H, G, D, position, valid = T, S = 32 }: Shape): Record<string, Given> {
  const projection = random([T, 1 + (H + 2 * G) * D + 3], 1);
  return {
    query: projection,
    keyValue: projection,
    keyCache: random([S, G * D], 2),
    valueCache: random([S, G * D], 3),
    cursor: cursorAt(position, valid),
  };
}

function attributes({ H, G, D }: Shape, rotate = true): RopeCacheAttributes {
  return {
    heads: H,
    groups: G,
    headSize: D,
    theta: 10000,
    rotate,
    queryOffset: 1,
    keyOffset: 1 + H * D,
    valueOffset: 1 + (H + G) * D,
  };
}

const shapes: Shape[] = [
  { T: 1, H: 1, G: 1, D: 2, position: 0 },
  { T: 5, H: 4, G: 2, D: 8, position: 3 },
  { T: 7, H: 3, G: 1, D: 10, position: 20 },
  { T: 16, H: 6, G: 6, D: 32, position: 0 },
  { T: 3, H: 2, G: 1, D: 256, position: 11 },
];

describe('ropeCache', () => {
  it.each(shapes)('turns and stores $T rows of $H/$G heads of $D from position $position on', async (shape) => {
    for (const rotate of [true, false]) {
      const test = { inputs: stacked(shape), attributes: attributes(shape, rotate) };
      expect(await checkParity(ropeCache, test, tolerance)).toEqual(['naive', 'thread']);
    }
  });

  it('takes queries and keys from different projections', async () => {
    const shape = { T: 6, H: 4, G: 2, D: 8, position: 2 };
    const inputs = { ...stacked(shape), query: random([6, 40], 5), keyValue: random([6, 35], 6) };
    const places = { ...attributes(shape), queryOffset: 8, keyOffset: 3, valueOffset: 19 };
    await checkParity(ropeCache, { inputs, attributes: places }, tolerance);
  });

  it('does not write rows past the count or past the cache', async () => {
    for (const shape of [
      { T: 8, H: 2, G: 1, D: 4, position: 0, valid: 3 },
      { T: 8, H: 2, G: 1, D: 4, position: 28, valid: 8 },
    ]) {
      const inputs = stacked(shape);
      const comparisons = await runVariants(ropeCache, { inputs, attributes: attributes(shape) });
      for (const { tensor, gpu, nmse } of comparisons) {
        expect(nmse).toBeLessThan(tolerance);
        const before = Array.from(inputs[tensor]?.values ?? []);
        const written = Math.min(shape.position + shape.valid, 32);
        if (tensor !== 'ropeCache') expect(Array.from(gpu).slice(written * 4)).toEqual(before.slice(written * 4));
      }
    }
  });

  it('stays exact at position 4000 and with a large θ', async () => {
    const shape = { T: 4, H: 2, G: 1, D: 16, position: 4000, S: 4096 };
    for (const theta of [10000, 500000]) {
      const test = { inputs: stacked(shape), attributes: { ...attributes(shape), theta } };
      await checkParity(ropeCache, test, farTolerance);
    }
  });

  it('refuses heads outside the columns', async () => {
    const shape = { T: 2, H: 2, G: 1, D: 4, position: 0 };
    const test = { inputs: stacked(shape), attributes: { ...attributes(shape), valueOffset: 20 } };
    await expect(checkParity(ropeCache, test, tolerance)).rejects.toThrow('the heads ask for columns 20 to 24');
  });

  it('refuses heads that do not share evenly', async () => {
    const shape = { T: 2, H: 3, G: 2, D: 4, position: 0 };
    const test = { inputs: stacked(shape), attributes: attributes(shape) };
    await expect(checkParity(ropeCache, test, tolerance)).rejects.toThrow('3 query heads cannot share 2 KV heads');
  });
});
