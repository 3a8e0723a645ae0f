import { describe, expect, it } from 'vitest';
import { type Given, random } from '../../gpu/kernels/parity';
import { selfAttentionKeyGradient } from '../../gpu/kernels/self-attention/key-gradient';
import { selfAttentionQueryGradient } from '../../gpu/kernels/self-attention/query-gradient';
import { selfAttention } from '../../gpu/kernels/self-attention/self-attention';
import type { SelfAttentionAttributes } from '../../gpu/kernels/self-attention/shape';
import { checkWasm, runWasm } from '../parity';

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
  { B: 3, T: 13, H: 4, G: 1, D: 10 },
  { B: 2, T: 37, H: 2, G: 1, D: 32 },
  { B: 1, T: 18, H: 2, G: 2, D: 256 },
  { B: 2, T: 131, H: 1, G: 1, D: 254 },
  { B: 5, T: 100, H: 6, G: 2, D: 24 },
  { B: 1, T: 601, H: 2, G: 1, D: 16 },
];

/** Mask, window, prefix length. */
const masks = [
  ['causal', null, 0],
  ['causal', 1, 0],
  ['causal', 6, 0],
  ['causal', 70, 0],
  ['prefix', null, 11],
  ['prefix', 5, 20],
  ['prefix', null, 100_000],
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

/** What forward and the queries' gradient leave for the keys' gradient, by the twin. */
async function forward(shape: Shape, given: Record<'heads' | 'cursor', Given>, own: SelfAttentionAttributes) {
  const { B, T, H, D } = shape;
  const [out, logSumExp] = await runWasm(selfAttention, { inputs: given, attributes: own });
  const kept = {
    gradient: random([B * T, H * D], 5),
    out: { shape: [B * T, H * D], values: Array.from(out?.twin ?? []) },
    logSumExp: { shape: [B * T, H], values: Array.from(logSumExp?.twin ?? []) },
  };
  const comparisons = await runWasm(selfAttentionQueryGradient, { inputs: { ...given, ...kept }, attributes: own });
  return { ...kept, statistics: { shape: [B * T, H, 2], values: Array.from(comparisons[1]?.twin ?? []) } };
}

describe.each(shapes)('self-attention on WebAssembly, $B sequences of $T tokens, $H/$G heads of $D', (shape) => {
  it.each(masks)('agrees with the twin under a %s mask with window %s and prefix %d', async (mask, window, prefix) => {
    const own = attributes(shape, mask, window);
    const given = inputs(shape, prefix);
    await checkWasm(selfAttention, { inputs: given, attributes: own }, tolerance);
    const { gradient, out, logSumExp, statistics } = await forward(shape, given, own);

    // Of the queries' gradient only the columns of the queries are written; the rest is the harness's 7.
    const queries = { inputs: { ...given, gradient, out, logSumExp }, attributes: own };
    const [headsGradient, kept] = await runWasm(selfAttentionQueryGradient, queries);
    const { H, G, D } = shape;
    const isQuery = (_: unknown, i: number) => i % ((H + 2 * G) * D) < H * D;
    const written = Float64Array.from(headsGradient?.gpu ?? []);
    const expected = Float64Array.from(headsGradient?.twin ?? []);
    expect(error(written.filter(isQuery), expected.filter(isQuery))).toBeLessThanOrEqual(gradientTolerance);
    expect(written.filter((_, i) => !isQuery(_, i)).every((value) => value === 7)).toBe(true);
    expect(kept?.nmse).toBeLessThanOrEqual(tolerance);

    const collected = random([shape.B * shape.T, (H + 2 * G) * D], 7);
    const keys = { inputs: { ...given, gradient, statistics, headsGradient: collected }, attributes: own };
    await checkWasm(selfAttentionKeyGradient, keys, gradientTolerance);
  });
});

function error(actual: Float64Array, expected: Float64Array): number {
  const square = (values: Float64Array) => values.reduce((sum, value) => sum + value * value, 0);
  const off = square(actual.map((value, i) => value - (expected[i] as number)));
  return off === 0 ? 0 : off / square(expected);
}

it('survives scores far apart', async () => {
  const shape = { B: 1, T: 12, H: 2, G: 2, D: 8 };
  const { cursor } = inputs(shape, 0);
  const given = { heads: random([12, 48], 4, 'state', 60), cursor };
  // The scores themselves reach thousands, so their rounding reaches 1e-4: looser, but nothing may overflow.
  await checkWasm(selfAttention, { inputs: given, attributes: attributes(shape, 'causal', null) }, 1e-5);
});

it('never lets one sequence see another', async () => {
  const shape = { B: 2, T: 6, H: 2, G: 1, D: 8 };
  const given = inputs(shape, 4);
  const spoiled = Array.from(given.heads.values, (value, i) => (i < 6 * 32 ? value : Number.NaN));
  const test = { inputs: { ...given, heads: { ...given.heads, values: spoiled } } };
  for (const { gpu, twin } of await runWasm(selfAttention, {
    ...test,
    attributes: attributes(shape, 'prefix', null),
  })) {
    const first = Array.from(gpu).slice(0, gpu.length / 2);
    first.forEach((value, i) => {
      expect(value).toBeCloseTo(twin[i] as number, 5);
    });
    expect(
      Array.from(gpu)
        .slice(gpu.length / 2)
        .every(Number.isNaN),
    ).toBe(true);
  }
});
