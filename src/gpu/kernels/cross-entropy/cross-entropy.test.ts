import { describe, expect, it } from 'vitest';
import { checkGradients } from '../finite-differences';
import { type Case, checkParity, type Given, noise, random, runVariants } from '../parity';
import { crossEntropy } from './cross-entropy';
import { crossEntropyGradient } from './gradient';
import { notCounted } from './shape';

/**
 * Sums of V ≤ 2,051 exponentials in f32 are off by about √V · 2⁻²⁴ = 3e-6 relative, the adapter's exp and log by a few units in
 * the last place: well under 1e-5, squared 1e-10.
 */
const tolerance = 1e-10;

/** Every fifth row does not count; the last target of all is past the vocabulary. */
function targetsOf(M: number, V: number): Given {
  const values = Array.from({ length: M }, (_, row) => (row % 5 === 3 ? notCounted : (11 * row + 2) % V));
  if (M > 1) values[M - 1] = V + 7;
  return { shape: [M], values, element: 'u32' };
}

const lossWeight: Given = { shape: [4], values: [0.125, 0, 0, 0] };

function logitsOf(M: number, V: number): Given {
  return random([M, V], 1, 'state', 8);
}

function caseOf(M: number, V: number, logits = logitsOf(M, V)): Case<object> {
  return { inputs: { logits, targets: targetsOf(M, V), lossWeight }, attributes: {} };
}

/** Log-sum-exps in f32, as the forward pass leaves them. */
function logSumExpsOf(logits: Given, M: number, V: number): Given {
  const values = Array.from({ length: M }, (_, row) =>
    Math.log(
      Array.from(logits.values)
        .slice(row * V, (row + 1) * V)
        .reduce((sum, logit) => sum + Math.exp(logit), 0),
    ),
  );
  return { shape: [M], values };
}

function gradientCase(M: number, V: number, change: Partial<Record<'logSumExp', Given>> = {}): Case<object> {
  const logits = logitsOf(M, V);
  const inputs = { logits, targets: targetsOf(M, V), logSumExp: logSumExpsOf(logits, M, V), lossWeight, ...change };
  return { inputs, attributes: {} };
}

const sizes = [
  [1, 1],
  [3, 2],
  [5, 15],
  [7, 16],
  [70, 65],
  [9, 131],
  [4, 513],
  [6, 2051],
] as const;

describe('crossEntropy', () => {
  it.each(sizes)('agrees with the twin for %d rows of %d logits', async (M, V) => {
    expect(await checkParity(crossEntropy, caseOf(M, V), tolerance)).toEqual(['naive', 'row-thread', 'group']);
  });

  it('is right for logits far from zero and from each other', async () => {
    const values = noise(3 * 40, 5).map((value, i) => (i < 40 ? value - 900 : i < 80 ? value + 700 : value * 5000));
    await checkParity(crossEntropy, caseOf(3, 40, { shape: [3, 40], values }), tolerance);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'says NaN for a row with a logit of %d, and only for that one',
    async (bad) => {
      for (const at of [0, 19, 36]) {
        const values = noise(3 * 37, 2);
        values[37 + at] = bad;
        const comparisons = await runVariants(crossEntropy, caseOf(3, 37, { shape: [3, 37], values }));
        for (const { gpu, variant } of comparisons) {
          expect(Array.from(gpu, Number.isFinite), variant).toEqual([true, false, true]);
        }
      }
    },
  );

  it('is ln V for equal logits', async () => {
    const comparisons = await runVariants(
      crossEntropy,
      caseOf(1, 100, { shape: [1, 100], values: Array(100).fill(3) }),
    );
    for (const { gpu, tensor } of comparisons.filter((comparison) => comparison.tensor.endsWith('losses'))) {
      expect(gpu[0], tensor).toBeCloseTo(Math.log(100), 5);
    }
  });
});

describe('crossEntropyGradient', () => {
  it.each(sizes)('agrees with the twin for %d rows of %d logits', async (M, V) => {
    expect(await checkParity(crossEntropyGradient, gradientCase(M, V), tolerance)).toEqual(['naive', 'strip-thread']);
  });

  it('is NaN in every place of a row whose log-sum-exp is', async () => {
    const logSumExp = { shape: [2], values: [5, Number.NaN] };
    for (const { gpu } of await runVariants(crossEntropyGradient, gradientCase(2, 35, { logSumExp }))) {
      expect(Array.from(gpu.subarray(0, 35)).every(Number.isFinite)).toBe(true);
      expect(Array.from(gpu.subarray(35)).every(Number.isNaN)).toBe(true);
    }
  });

  it('agrees with finite differences as the root of a reverse pass', () => {
    const { inputs, attributes } = caseOf(7, 9);
    const test = { inputs, attributes, differentiate: ['logits'], root: true, outputs: ['losses'] };
    expect(checkGradients(crossEntropy, test)).toEqual(['logits']);
  });
});
