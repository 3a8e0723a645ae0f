import { describe, expect, it } from 'vitest';
import { type Given, random } from '../../gpu/kernels/parity';
import { ropeCache } from '../../gpu/kernels/rope-cache/rope-cache';
import type { RopeCacheAttributes } from '../../gpu/kernels/rope-cache/shape';
import { checkWasm, runWasm } from '../parity';

/** Cosine and sine are right to the last bit of f32 at every position; a turn is two products and a sum. */
const tolerance = 1e-13;

interface Shape {
  readonly T: number;
  readonly H: number;
  readonly G: number;
  readonly D: number;
  readonly position: number;
  readonly valid?: number;
  readonly S?: number;
}

/** Queries, keys and values in one projection, with a column in front and some behind. */
function stacked({ T, H, G, D, position, valid = T, S = 32 }: Shape): Record<string, Given> {
  const projection = random([T, 1 + (H + 2 * G) * D + 3], 1);
  return {
    query: projection,
    keyValue: projection,
    keyCache: random([S, G * D], 2),
    valueCache: random([S, G * D], 3),
    cursor: { shape: [4], values: [position, valid, 0, 0], element: 'u32' },
  };
}

function attributesOf({ H, G, D }: Shape, rotate = true): RopeCacheAttributes {
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

describe('ropeCache on WebAssembly', () => {
  it.each([
    { T: 1, H: 1, G: 1, D: 2, position: 0 },
    { T: 5, H: 4, G: 2, D: 8, position: 3 },
    { T: 7, H: 3, G: 1, D: 10, position: 20 },
    { T: 16, H: 6, G: 6, D: 32, position: 0 },
    { T: 3, H: 2, G: 1, D: 256, position: 11 },
    { T: 200, H: 8, G: 4, D: 16, position: 100, S: 512 },
  ])('turns and stores $T rows of $H/$G heads of $D from position $position on', async (shape) => {
    for (const rotate of [true, false]) {
      await checkWasm(ropeCache, { inputs: stacked(shape), attributes: attributesOf(shape, rotate) }, tolerance);
    }
  });

  it('takes queries and keys from different projections', async () => {
    const shape = { T: 6, H: 4, G: 2, D: 8, position: 2 };
    const inputs = { ...stacked(shape), query: random([6, 40], 5), keyValue: random([6, 35], 6) };
    const attributes = { ...attributesOf(shape), queryOffset: 8, keyOffset: 3, valueOffset: 19 };
    await checkWasm(ropeCache, { inputs, attributes }, tolerance);
  });

  it('does not write rows past the count or past the cache', async () => {
    for (const shape of [
      { T: 8, H: 2, G: 1, D: 4, position: 0, valid: 3 },
      { T: 8, H: 2, G: 1, D: 4, position: 28, valid: 8 },
    ]) {
      const inputs = stacked(shape);
      const written = Math.min(shape.position + shape.valid, 32);
      for (const { tensor, gpu, nmse } of await runWasm(ropeCache, { inputs, attributes: attributesOf(shape) })) {
        expect(nmse).toBeLessThan(tolerance);
        const before = Array.from(inputs[tensor]?.values ?? []);
        if (inputs[tensor]) expect(Array.from(gpu).slice(written * 4)).toEqual(before.slice(written * 4));
      }
    }
  });

  it.each([100, 10000, 500000])('stays exact at position 4000 and beyond a million with θ = %d', async (theta) => {
    for (const [position, S] of [
      [4000, 4096],
      [1_500_000, 4],
    ] as const) {
      const shape = { T: 4, H: 2, G: 1, D: 16, position, S };
      await checkWasm(ropeCache, { inputs: stacked(shape), attributes: { ...attributesOf(shape), theta } }, tolerance);
    }
  });
});
