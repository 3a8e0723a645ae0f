import { describe, expect, it } from 'vitest';
import { attention } from '../../gpu/kernels/attention/attention';
import type { AttentionAttributes } from '../../gpu/kernels/attention/shape';
import { type Given, random } from '../../gpu/kernels/parity';
import { checkWasm, runWasm } from '../parity';

/**
 * Bound on the NMSE. Scores are sums of D ≤ 256 products, off by √D · 2⁻²⁴ ≈ 1e-6 of their terms; a weight exp(score) inherits
 * that error, and the sums over the keys average it. The bound leaves a factor of ten on the square.
 */
const tolerance = 1e-11;

interface Shape {
  readonly T: number;
  readonly S: number;
  readonly H: number;
  readonly G: number;
  readonly D: number;
  readonly position?: number;
  readonly valid?: number;
  readonly prefix?: number;
}

function inputs({ T, S, H, G, D, position = 0, valid = T, prefix = 0 }: Shape): Record<string, Given> {
  return {
    // Large queries make peaked weights, so that the online softmax has to shrink what it summed.
    query: random([T, H * D], 1, 'state', 8),
    keyCache: random([S, G * D], 2),
    valueCache: random([S, G * D], 3),
    cursor: { shape: [4], values: [position, valid, prefix, 0], element: 'u32' },
  };
}

function attributes({ H, G, D }: Shape, mask: 'causal' | 'prefix', window: number | null): AttentionAttributes {
  return { heads: H, groups: G, headSize: D, mask, window };
}

const shapes: Shape[] = [
  { T: 1, S: 1, H: 1, G: 1, D: 2 },
  { T: 1, S: 16, H: 2, G: 1, D: 4, position: 15 },
  { T: 5, S: 9, H: 3, G: 3, D: 6, position: 4 },
  { T: 7, S: 64, H: 4, G: 2, D: 12, position: 30 },
  { T: 13, S: 40, H: 6, G: 2, D: 32, position: 3 },
  { T: 16, S: 256, H: 8, G: 8, D: 32, position: 100 },
  { T: 33, S: 33, H: 2, G: 1, D: 40 },
  { T: 9, S: 70, H: 2, G: 1, D: 256, position: 61 },
  { T: 101, S: 1200, H: 6, G: 2, D: 24, position: 1000 },
];

describe.each(shapes)(
  'attention on WebAssembly of $T rows of $H/$G heads of $D at position $position of $S',
  (shape) => {
    it.each([
      ['causal', null, 0],
      ['causal', 1, 0],
      ['causal', 6, 0],
      ['prefix', null, 0],
      ['prefix', null, 11],
      ['prefix', 5, 20],
    ] as const)('agrees with the twin under a %s mask with window %s and prefix %d', async (mask, window, prefix) => {
      const test = { inputs: inputs({ ...shape, prefix }), attributes: attributes(shape, mask, window) };
      await checkWasm(attention, test, tolerance);
    });
  },
);

it('never reads a key that was not written, and gives a row that sees nothing zeros', async () => {
  const shape = { T: 8, S: 32, H: 2, G: 1, D: 8, position: 5, valid: 3 };
  const given = inputs(shape);
  const unwritten = (values: ArrayLike<number>) => Array.from(values, (v, i) => (i >= 8 * 8 ? Number.NaN : v));
  for (const name of ['keyCache', 'valueCache'] as const) {
    given[name] = { ...(given[name] as Given), values: unwritten(given[name]?.values ?? []) };
  }
  const [out] = await runWasm(attention, { inputs: given, attributes: attributes(shape, 'causal', 2) });
  expect(out?.nmse).toBeLessThan(tolerance);
  expect(Array.from(out?.gpu ?? []).slice(5 * 16)).toEqual(new Array(3 * 16).fill(0));
});

it('survives scores far apart', async () => {
  const shape = { T: 6, S: 12, H: 2, G: 2, D: 8, position: 6 };
  const given = { ...inputs(shape), query: random([6, 16], 4, 'state', 3000) };
  // The scores themselves reach thousands, so their rounding reaches 1e-4: looser, but nothing may overflow.
  await checkWasm(attention, { inputs: given, attributes: attributes(shape, 'causal', null) }, 1e-5);
});
