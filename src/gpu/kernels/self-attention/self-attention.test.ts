import { describe, expect, it } from 'vitest';
import { checkGradients } from '../finite-differences';
import { checkParity, type Given, random, runVariants } from '../parity';
import { selfAttentionKeyGradient } from './key-gradient';
import { selfAttentionQueryGradient } from './query-gradient';
import { selfAttention } from './self-attention';
import type { SelfAttentionAttributes } from './shape';

/**
 * Bound on the NMSE. Scores are sums of D ≤ 256 products, off by √D · 2⁻²⁴ ≈ 1e-6 of their terms; a weight exp(score) inherits
 * that error, and the sums over the keys average it. The bound leaves a factor of ten on the square.
 */
const tolerance = 1e-11;
/** dP − delta cancels: the gradients' errors are those of their terms, several times larger than the sums. */
const gradientTolerance = 1e-10;

interface Shape {
  readonly B: number;
  readonly T: number;
  readonly H: number;
  readonly G: number;
  readonly D: number;
}

const shapes: Shape[] = [
  { B: 1, T: 1, H: 1, G: 1, D: 2 },
  { B: 2, T: 5, H: 3, G: 3, D: 6 },
  { B: 1, T: 7, H: 4, G: 2, D: 12 },
  { B: 3, T: 13, H: 4, G: 1, D: 12 },
  { B: 2, T: 37, H: 2, G: 1, D: 32 },
  { B: 1, T: 18, H: 2, G: 2, D: 128 },
];

/** Mask, window, prefix length. */
const masks = [
  ['causal', null, 0],
  ['causal', 6, 0],
  ['prefix', null, 11],
  ['prefix', 5, 20],
] as const;

function attributes({ T, H, G, D }: Shape, mask: 'causal' | 'prefix', window: number | null): SelfAttentionAttributes {
  return { heads: H, groups: G, headSize: D, period: T, mask, window };
}

/** Queries are large, so that weights are peaked and the online softmax has to shrink what it summed. */
function inputs({ B, T, H, G, D }: Shape, prefix: number): Record<'heads' | 'cursor', Given> {
  const columns = (H + 2 * G) * D;
  const heads = random([B * T, columns], 1);
  const values = Array.from(heads.values, (value, i) => (i % columns < H * D ? 6 * value : value));
  return { heads: { ...heads, values }, cursor: { shape: [4], values: [0, 0, prefix, 0], element: 'u32' } };
}

/** What forward leaves for the gradients, by the twin. */
async function forward(shape: Shape, given: Record<'heads' | 'cursor', Given>, own: SelfAttentionAttributes) {
  const { B, T, H, D } = shape;
  const [out, logSumExp] = await runVariants(selfAttention, { inputs: given, attributes: own, variants: ['naive'] });
  return {
    gradient: random([B * T, H * D], 5),
    out: { shape: [B * T, H * D], values: Array.from(out?.twin ?? []) },
    logSumExp: { shape: [B * T, H], values: Array.from(logSumExp?.twin ?? []) },
  };
}

describe.each(shapes)('$B sequences of $T tokens, $H/$G heads of $D', (shape) => {
  const kernels = shape.D <= 32 ? ['naive', 'head-thread', 'tile-thread', 'group'] : ['naive', 'tile-thread', 'group'];
  const expected = shape.D % 4 === 0 ? kernels : ['naive'];

  describe.each(masks)('under a %s mask with window %s and prefix %d', (mask, window, prefix) => {
    const own = attributes(shape, mask, window);
    const given = inputs(shape, prefix);

    it('agrees with the twin', async () => {
      expect(await checkParity(selfAttention, { inputs: given, attributes: own }, tolerance)).toEqual(expected);
    });

    it('gives the queries the gradient of the twin', async () => {
      const { gradient, out, logSumExp } = await forward(shape, given, own);
      const test = { inputs: { ...given, gradient, out, logSumExp }, attributes: own };
      expect(await checkParity(selfAttentionQueryGradient, test, gradientTolerance)).toEqual(expected);
    });

    it('gives keys and values the gradient of the twin and leaves the queries alone', async () => {
      const { gradient, out, logSumExp } = await forward(shape, given, own);
      const { B, T, H, G, D } = shape;
      const statistics = {
        shape: [B * T, H, 2],
        values: logSumExp.values.flatMap((value, row) => {
          const products = Array.from({ length: D }, (_, d) => row * D + d).map(
            (i) => (gradient.values[i] as number) * (out.values[i] as number),
          );
          return [value, products.reduce((sum, product) => sum + product, 0)];
        }),
      };
      const headsGradient = random([B * T, (H + 2 * G) * D], 7);
      const test = { inputs: { ...given, gradient, statistics, headsGradient }, attributes: own };
      expect(await checkParity(selfAttentionKeyGradient, test, gradientTolerance)).toEqual(expected);
    });
  });
});

describe.each([...masks, ['causal', 1, 0], ['prefix', null, 0]] as const)(
  'under a %s mask with window %s and prefix %d',
  (mask, window, prefix) => {
    it.each([
      { B: 2, T: 5, H: 4, G: 2, D: 6 },
      { B: 1, T: 6, H: 2, G: 2, D: 2 },
      { B: 2, T: 3, H: 3, G: 1, D: 4 },
    ])('has the gradient of central differences for $B sequences of $T, $H/$G heads of $D', (shape) => {
      const test = {
        inputs: inputs(shape, Math.min(prefix, 3)),
        attributes: attributes(shape, mask, window),
        differentiate: ['heads'],
        outputs: ['out'],
      };
      expect(checkGradients(selfAttention, test)).toEqual(['heads']);
    });
  },
);

it('survives scores far apart', async () => {
  const shape = { B: 1, T: 12, H: 2, G: 2, D: 8 };
  const { cursor } = inputs(shape, 0);
  const given = { heads: random([12, 48], 4, 'state', 60), cursor };
  // The scores themselves reach thousands, so their rounding reaches 1e-4: looser, but nothing may overflow.
  await checkParity(selfAttention, { inputs: given, attributes: attributes(shape, 'causal', null) }, 1e-5);
});

it('never lets one sequence see another', async () => {
  const shape = { B: 2, T: 6, H: 2, G: 1, D: 8 };
  const given = inputs(shape, 4);
  const spoiled = Array.from(given.heads.values, (value, i) => (i < 6 * 32 ? value : Number.NaN));
  const test = { inputs: { ...given, heads: { ...given.heads, values: spoiled } } };
  for (const { gpu, twin } of await runVariants(selfAttention, {
    ...test,
    attributes: attributes(shape, 'prefix', null),
  })) {
    const first = Array.from(gpu).slice(0, gpu.length / 2);
    first.forEach((value, i) => {
      expect(value).toBeCloseTo(twin[i] as number, 5);
    });
  }
});

it.each([
  [{ G: 3 }, null, '4 query heads cannot share 3 KV heads'],
  [{ D: 3 }, null, 'a head of 3 is not even'],
  [{ T: 4 }, null, 'heads has 10 rows, not a multiple of the 4 tokens'],
  [{ D: 8 }, null, 'selfAttention expects [10, 64]'],
  [{}, 0, 'a window of 0 sees nothing'],
] as const)('refuses %o with window %s', async (change, window, sentence) => {
  const shape: Shape = { B: 2, T: 5, H: 4, G: 2, D: 6 };
  const test = { inputs: inputs(shape, 0), attributes: attributes({ ...shape, ...change }, 'causal', window) };
  await expect(checkParity(selfAttention, test, tolerance)).rejects.toThrow(sentence);
});
