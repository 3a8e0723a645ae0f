import { describe, expect, it } from 'vitest';
import { changeRatios } from '../../gpu/kernels/gradient-norm/change-ratios';
import { gradientSquares } from '../../gpu/kernels/gradient-norm/gradient-squares';
import { mostGroups, recordAt, updateOf } from '../../gpu/kernels/gradient-norm/record';
import { stepRecord } from '../../gpu/kernels/gradient-norm/step-record';
import { sumLosses } from '../../gpu/kernels/gradient-norm/sum-losses';
import { type Case, type Given, noise, random } from '../../gpu/kernels/parity';
import { checkWasm, runWasm } from '../parity';

/** Sums of 256 positive numbers, sixteen in a row in f32: below 16 · 2⁻²⁴ = 1e-6 relative, squared 1e-12. */
const tolerance = 1e-12;

/** Sums are f64 as in the twin and the result is rounded to f32 once or twice: 2 · 2⁻²⁴ = 1.2e-7 relative, squared 1.5e-14. */
const rounded = 1.5e-14;

const rule = {
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  clip: 1,
  momentum: 0.9,
  nesterov: true,
};

/** Every seventh group is one that the record has no room for. */
function groupsOf(chunks: number): Given {
  const values = Array.from({ length: chunks }, (_, chunk) => [0, 5, 3, 11, 1, 6, 12][chunk % 7] as number);
  return { shape: [chunks], values, element: 'u32' };
}

function positive(count: number, seed: number, scale = 1): Float32Array {
  return noise(count, seed).map((value) => value * value * scale);
}

describe('gradientSquares on WebAssembly', () => {
  it.each([1, 3, 16, 17, 70, 1031])('agrees with the twin for %d chunks', async (chunks) => {
    await checkWasm(gradientSquares, { inputs: { gradients: random([256 * chunks], 1) }, attributes: {} }, tolerance);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 50, -1e38])(
    'is infinite for the chunk of a gradient of %d, and only for that one',
    async (bad) => {
      for (const at of [0, 77, 255]) {
        const values = noise(256 * 3, 2);
        values[256 + at] = bad;
        const inputs = { gradients: { shape: [256 * 3], values } };
        for (const { gpu, twin } of await runWasm(gradientSquares, { inputs, attributes: {} })) {
          expect(Array.from(gpu, Number.isFinite)).toEqual([true, false, true]);
          expect(gpu[1]).toBe(twin[1]);
        }
      }
    },
  );

  it('stays finite for the largest gradients that count', async () => {
    const gradients = { shape: [256], values: new Float32Array(256).fill(2 ** 50 * (1 - 2 ** -24)) };
    await checkWasm(gradientSquares, { inputs: { gradients }, attributes: {} }, tolerance);
  });
});

describe('sumLosses on WebAssembly', () => {
  it.each([1, 7, 8, 65, 4096])('adds %d losses to the sum', async (M) => {
    const lossSum = { shape: [4], values: [12.5, 0, 0, 0] };
    const inputs = { losses: { shape: [M], values: positive(M, 1, 3) }, lossSum };
    await checkWasm(sumLosses, { inputs, attributes: {} }, rounded);
  });

  it('stays not a number once a loss was not finite', async () => {
    const losses = noise(40, 1);
    for (const [at, value, sum] of [
      [3, Number.NaN, 0],
      [39, Number.POSITIVE_INFINITY, 0],
      [5, 1, Number.NaN],
    ] as const) {
      const values = losses.map((loss, row) => (row === at ? value : loss));
      const inputs = { losses: { shape: [40], values }, lossSum: { shape: [4], values: [sum, 0, 0, 0] } };
      for (const { gpu, twin } of await runWasm(sumLosses, { inputs, attributes: {} })) {
        expect([gpu[0], twin[0]]).toEqual([Number.NaN, Number.NaN]);
      }
    }
  });
});

describe('stepRecord on WebAssembly', () => {
  function caseOf(
    chunks: number,
    clip: number,
    change: { squares?: ArrayLike<number>; loss?: number } = {},
  ): Case<object> {
    const inputs = {
      squares: { shape: [chunks], values: change.squares ?? positive(chunks, 3) },
      groups: groupsOf(chunks),
      update: { shape: [16], values: updateOf({ ...rule, clip }, 3) },
      lossSum: { shape: [4], values: [change.loss ?? 250, 0, 0, 0] },
      record: { shape: [32], values: noise(32, 9) },
    };
    return { inputs, attributes: {} };
  }

  it.each([
    [1, 1],
    [63, 0],
    [64, 1e-3],
    [65, 1e6],
    [40_000, 1],
  ])('agrees with the twin for %d chunks and a clip of %d', async (chunks, clip) => {
    await checkWasm(stepRecord, caseOf(chunks, clip), rounded);
  });

  it('writes what the optimiser reads', async () => {
    const comparisons = await runWasm(stepRecord, caseOf(2, 0.5, { squares: [9, 16] }));
    const record = comparisons.find(({ tensor }) => tensor === 'record')?.gpu ?? [];
    expect(Array.from(record).slice(0, 8)).toEqual([250, 5, Math.fround(0.1), 1, 0, 0, 0, 0]);
    const norms = Array.from(record).slice(recordAt.groups, recordAt.groups + mostGroups);
    expect(norms).toEqual([3, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0]);
    const update = updateOf({ ...rule, clip: 0.5 }, 3);
    expect(Array.from(record).slice(recordAt.update)).toEqual(Array.from(update.subarray(0, 12)));
  });

  it('says so when the loss or a gradient is not finite, and which group it is in', async () => {
    for (const bad of [Number.POSITIVE_INFINITY, Number.NaN]) {
      const squares = positive(70, 3);
      squares[66] = bad;
      for (const { gpu, twin, tensor } of await runWasm(stepRecord, caseOf(70, 1, { squares }))) {
        if (tensor !== 'record') continue;
        expect([gpu[recordAt.norm], gpu[recordAt.clip], gpu[recordAt.finite]]).toEqual([bad, 1, 0]);
        const norms = Array.from(gpu.subarray(recordAt.groups, recordAt.groups + mostGroups));
        expect(norms.map(Number.isFinite)).toEqual(norms.map((_, group) => group !== 11));
        expect(Array.from(gpu, Number.isFinite)).toEqual(Array.from(twin, Number.isFinite));
      }
    }
    for (const loss of [Number.NaN, Number.POSITIVE_INFINITY]) {
      for (const { gpu, tensor } of await runWasm(stepRecord, caseOf(70, 1, { loss }))) {
        if (tensor === 'record') expect([gpu[0], gpu[3]]).toEqual([loss, 0]);
        else expect(gpu[0]).toBe(0);
      }
    }
  });
});

describe('changeRatios on WebAssembly', () => {
  it.each([1, 64, 257, 40_000])('agrees with the twin for %d chunks', async (chunks) => {
    const inputs = {
      changes: { shape: [chunks, 2], values: positive(2 * chunks, 1) },
      groups: groupsOf(chunks),
      ratios: random([16], 3),
    };
    await checkWasm(changeRatios, { inputs, attributes: {} }, rounded);
  });
});
