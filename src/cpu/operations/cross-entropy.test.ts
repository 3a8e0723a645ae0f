import { describe, expect, it } from 'vitest';
import { crossEntropy } from '../../gpu/kernels/cross-entropy/cross-entropy';
import { crossEntropyGradient } from '../../gpu/kernels/cross-entropy/gradient';
import { notCounted } from '../../gpu/kernels/cross-entropy/shape';
import { type Case, type Given, noise, random } from '../../gpu/kernels/parity';
import { checkWasm, runWasm } from '../parity';

/**
 * Sums of V ≤ 8,192 exponentials in four lanes of f32 are off by about √2048 · 2⁻²⁴ = 3e-6 relative at most, the exponential by
 * 2 units in the last place of its argument's, |logit| ≤ 8: 1e-6, squared 1e-12.
 */
const tolerance = 1e-11;

const lossWeight: Given = { shape: [4], values: [0.125, 0, 0, 0] };

/** Every fifth row does not count; the last target of all is past the vocabulary. */
function targetsOf(M: number, V: number): Given {
  const values = Array.from({ length: M }, (_, row) => (row % 5 === 3 ? notCounted : (11 * row + 2) % V));
  if (M > 1) values[M - 1] = V + 7;
  return { shape: [M], values, element: 'u32' };
}

function lossCase(M: number, V: number, logits: Given): Case<object> {
  return { inputs: { logits, targets: targetsOf(M, V), lossWeight }, attributes: {} };
}

function logSumExpsOf(logits: Given, M: number, V: number): Given {
  const sumOf = (row: number) =>
    Array.from(logits.values)
      .slice(row * V, (row + 1) * V)
      .reduce((sum, logit) => sum + Math.exp(logit), 0);
  return { shape: [M], values: Array.from({ length: M }, (_, row) => Math.log(sumOf(row))) };
}

const sizes = [
  [1, 1],
  [3, 2],
  [5, 15],
  [7, 16],
  [70, 65],
  [9, 131],
  [40, 513],
  [16, 8192],
] as const;

describe('crossEntropy on WebAssembly', () => {
  it.each(sizes)('agrees with the twin for %d rows of %d logits', async (M, V) => {
    await checkWasm(crossEntropy, lossCase(M, V, random([M, V], 1, 'state', 8)), tolerance);
  });

  it('is right for logits far from zero and from each other', async () => {
    const values = noise(3 * 40, 5).map((value, i) => (i < 40 ? value - 900 : i < 80 ? value + 700 : value * 5000));
    await checkWasm(crossEntropy, lossCase(3, 40, { shape: [3, 40], values }), tolerance);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'says NaN for a row with a logit of %d, and only for that one',
    async (bad) => {
      for (const at of [0, 19, 36]) {
        const values = noise(3 * 37, 2);
        values[37 + at] = bad;
        for (const { gpu } of await runWasm(crossEntropy, lossCase(3, 37, { shape: [3, 37], values }))) {
          expect(Array.from(gpu, Number.isFinite)).toEqual([true, false, true]);
        }
      }
    },
  );

  it('says NaN for a row of nothing else', async () => {
    const logits = { shape: [1, 5], values: Array(5).fill(Number.NaN) };
    for (const { gpu } of await runWasm(crossEntropy, lossCase(1, 5, logits))) expect(gpu[0]).toBeNaN();
  });
});

describe('crossEntropyGradient on WebAssembly', () => {
  it.each(sizes)('agrees with the twin for %d rows of %d logits', async (M, V) => {
    const logits = random([M, V], 1, 'state', 8);
    // The gradient of a vocabulary of one is nothing but the rounding of its log-sum-exp.
    const logSumExp = V === 1 ? { shape: [M], values: [9] } : logSumExpsOf(logits, M, V);
    const inputs = { logits, targets: targetsOf(M, V), logSumExp, lossWeight };
    await checkWasm(crossEntropyGradient, { inputs, attributes: {} }, tolerance);
  });

  it('is NaN in every place of a row whose log-sum-exp is', async () => {
    const logits = random([2, 35], 1);
    const logSumExp = { shape: [2], values: [5, Number.NaN] };
    const inputs = { logits, targets: targetsOf(2, 35), logSumExp, lossWeight };
    for (const { gpu } of await runWasm(crossEntropyGradient, { inputs, attributes: {} })) {
      expect(Array.from(gpu.subarray(0, 35)).every(Number.isFinite)).toBe(true);
      expect(Array.from(gpu.subarray(35)).every(Number.isNaN)).toBe(true);
    }
  });
});
