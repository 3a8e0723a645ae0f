import { describe, expect, it } from 'vitest';
import { checkParity, type Given, random } from '../parity';
import { attentionToken } from './attention-token';
import type { AttentionTokenAttributes } from './shape';

/**
 * Bound on the NMSE. As attention's, 1e-11, plus the error of the rotary angle: at position 255 a relative 2⁻²³ of 255 radians is
 * 3e-5 for the fastest pair, which moves scores of size √D by as much; squared 1e-9.
 */
const tolerance = 2e-9;

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
  { S: 4, H: 1, G: 1, D: 2, position: 0 },
  { S: 9, H: 4, G: 2, D: 6, position: 8 },
  { S: 40, H: 3, G: 1, D: 12, position: 17 },
  { S: 64, H: 6, G: 2, D: 32, position: 40 },
  { S: 256, H: 8, G: 8, D: 32, position: 255 },
  { S: 70, H: 2, G: 2, D: 256, position: 66 },
  { S: 700, H: 5, G: 1, D: 16, position: 600 },
];

describe('attentionToken', () => {
  describe.each(shapes)('$H/$G heads of $D at position $position of $S', (shape) => {
    it.each([
      ['causal', null, 0],
      ['causal', 1, 0],
      ['causal', 11, 0],
      ['prefix', null, 30],
      ['prefix', 5, 300],
    ] as const)('agrees with the twin under a %s mask with window %s and prefix %d', async (mask, window, prefix) => {
      const test = { inputs: inputs({ ...shape, prefix }), attributes: attributes(shape, mask, window) };
      const used = await checkParity(attentionToken, test, tolerance);
      expect(used).toEqual(shape.D % 8 === 0 ? ['naive', 'head-thread', 'group'] : ['naive', 'group']);
    });
  });

  const shape: Shape = { S: 16, H: 4, G: 2, D: 8, position: 5 };

  it('leaves queries and keys unturned without a rotary embedding', async () => {
    const test = { inputs: inputs(shape), attributes: { ...attributes(shape), rotate: false } };
    expect(await checkParity(attentionToken, test, 1e-11)).toHaveLength(3);
  });

  it('takes queries and keys from different projections, also where vectors do not fit', async () => {
    const given = { ...inputs(shape), query: random([1, 40], 5), keyValue: random([1, 35], 6) };
    const places = { ...attributes(shape), queryOffset: 8, keyOffset: 3, valueOffset: 19 };
    expect(await checkParity(attentionToken, { inputs: given, attributes: places }, tolerance)).toEqual([
      'naive',
      'group',
    ]);
  });

  it('takes the new key and value from the projection and not from the cache', async () => {
    const given = inputs(shape);
    for (const name of ['keyCache', 'valueCache'] as const) {
      const values = Array.from(given[name]?.values ?? [], (v, i) => (i >= 5 * 16 ? Number.NaN : v));
      // Rows behind the new one stay unread too, and the twin would carry their NaN into the comparison.
      given[name] = { shape: [6, 16], values: values.slice(0, 6 * 16) };
    }
    expect(await checkParity(attentionToken, { inputs: given, attributes: attributes(shape) }, tolerance)).toHaveLength(
      3,
    );
  });

  it('stands at the last row when the position is past the cache', async () => {
    const past = { ...shape, position: 20 };
    expect(
      await checkParity(attentionToken, { inputs: inputs(past), attributes: attributes(past) }, tolerance),
    ).toHaveLength(3);
  });

  it('refuses more than one row', async () => {
    const given = { ...inputs(shape), query: random([2, 80], 1), keyValue: random([2, 80], 1) };
    const test = { inputs: given, attributes: attributes(shape) };
    await expect(checkParity(attentionToken, test, tolerance)).rejects.toThrow('takes one token');
  });
});
