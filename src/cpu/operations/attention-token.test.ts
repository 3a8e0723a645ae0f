import { describe, expect, it } from 'vitest';
import { attentionToken } from '../../gpu/kernels/attention-token/attention-token';
import type { AttentionTokenAttributes } from '../../gpu/kernels/attention-token/shape';
import { attentionWeights } from '../../gpu/kernels/attention-weights/attention-weights';
import { type Given, random } from '../../gpu/kernels/parity';
import { checkWasm, runWasm } from '../parity';

/**
 * Bound on the NMSE. Scores are sums of D ≤ 256 products, off by √D · 2⁻²⁴ ≈ 1e-6 of their terms; a weight exp(score) inherits
 * that error, and the sums over the keys average it. Angles are float64 and add nothing.
 */
const tolerance = 1e-11;

interface Shape {
  readonly S: number;
  readonly H: number;
  readonly G: number;
  readonly D: number;
  readonly position: number;
  readonly prefix?: number;
}

/** Queries, keys and values in one projection, with four columns in front and four behind. */
function inputs({ S, H, G, D, position, prefix = 0 }: Shape): Record<string, Given> {
  const projection = random([1, 4 + (H + 2 * G) * D + 4], 1, 'state', 3);
  return {
    query: projection,
    keyValue: projection,
    keyCache: random([S, G * D], 2, 'state', 3),
    valueCache: random([S, G * D], 3),
    cursor: { shape: [4], values: [position, 1, prefix, 0], element: 'u32' },
  };
}

function attributes(
  { H, G, D }: Shape,
  mask: 'causal' | 'prefix' = 'causal',
  window: number | null = null,
): AttentionTokenAttributes {
  const offsets = { queryOffset: 4, keyOffset: 4 + H * D, valueOffset: 4 + (H + G) * D };
  return { heads: H, groups: G, headSize: D, theta: 10000, rotate: true, ...offsets, mask, window };
}

const shapes: Shape[] = [
  { S: 1, H: 1, G: 1, D: 2, position: 0 },
  { S: 4, H: 1, G: 1, D: 2, position: 0 },
  { S: 9, H: 4, G: 2, D: 6, position: 8 },
  { S: 40, H: 3, G: 1, D: 12, position: 17 },
  { S: 64, H: 6, G: 2, D: 32, position: 40 },
  { S: 256, H: 8, G: 8, D: 24, position: 255 },
  { S: 70, H: 2, G: 2, D: 256, position: 66 },
  { S: 700, H: 5, G: 1, D: 16, position: 600 },
  { S: 1031, H: 8, G: 2, D: 30, position: 1030 },
];

const masks = [
  ['causal', null, 0],
  ['causal', 1, 0],
  ['causal', 11, 0],
  ['prefix', null, 30],
  ['prefix', 5, 300],
  ['prefix', null, 100_000],
] as const;

describe.each(shapes)('one token on WebAssembly, $H/$G heads of $D at position $position of $S', (shape) => {
  it.each(masks)('attends as the twin under a %s mask with window %s and prefix %d', async (mask, window, prefix) => {
    const test = { inputs: inputs({ ...shape, prefix }), attributes: attributes(shape, mask, window) };
    await checkWasm(attentionToken, test, tolerance);
    const { query, keyCache, cursor } = test.inputs;
    await checkWasm(attentionWeights, { ...test, inputs: { query, keyCache, cursor } }, tolerance);
  });
});

const shape: Shape = { S: 16, H: 4, G: 2, D: 8, position: 5 };

describe('attentionToken on WebAssembly', () => {
  it('leaves queries and keys unturned without a rotary embedding', async () => {
    const test = { inputs: inputs(shape), attributes: { ...attributes(shape), rotate: false } };
    await checkWasm(attentionToken, test, tolerance);
  });

  it('takes queries and keys from different projections', async () => {
    const given = { ...inputs(shape), query: random([1, 40], 5), keyValue: random([1, 35], 6) };
    const places = { ...attributes(shape), queryOffset: 8, keyOffset: 3, valueOffset: 19 };
    await checkWasm(attentionToken, { inputs: given, attributes: places }, tolerance);
  });

  it('writes the new row before it looks, and reads no row behind it', async () => {
    const given = inputs(shape);
    for (const name of ['keyCache', 'valueCache'] as const) {
      const values = Array.from(given[name]?.values ?? [], (v, i) => (i >= 5 * 16 ? Number.NaN : v));
      given[name] = { shape: [16, 16], values };
    }
    const [out] = await runWasm(attentionToken, { inputs: given, attributes: attributes(shape) });
    expect(out?.nmse).toBeLessThanOrEqual(tolerance);
  });

  it('stands at the last row when the position is past the cache', async () => {
    const past = { ...shape, position: 20 };
    await checkWasm(attentionToken, { inputs: inputs(past), attributes: attributes(past) }, tolerance);
  });
});

it('attentionWeights on WebAssembly sum to one for each head and are zero where the mask hides', async () => {
  const given = inputs({ S: 24, H: 3, G: 3, D: 8, position: 13 });
  const { query, keyCache, cursor } = given;
  const own = attributes({ S: 24, H: 3, G: 3, D: 8, position: 13 }, 'causal', 6);
  const test = { inputs: { query, keyCache, cursor }, attributes: { ...own, rotate: false } };
  for (const { gpu } of await runWasm(attentionWeights, test)) {
    for (let h = 0; h < 3; h++) {
      const row = Array.from(gpu).slice(h * 24, (h + 1) * 24);
      expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 6);
      expect(row.flatMap((weight, j) => (weight > 0 ? [j] : []))).toEqual([8, 9, 10, 11, 12, 13]);
    }
  }
});
