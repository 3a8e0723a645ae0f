import { describe, expect, it } from 'vitest';
import { type Case, checkParity, type Given, noise, random, runVariants } from '../parity';
import { changeRatios } from './change-ratios';
import { gradientSquares } from './gradient-squares';
import { mostGroups, recordAt, updateOf } from './record';
import { stepRecord } from './step-record';
import { sumLosses } from './sum-losses';

/**
 * Sums of positive numbers in f32, at most 64 + 16 or 1,000 in a row: rounding errors of random sign are below √1000 · 2⁻²⁴ = 2e-6
 * relative, squared 4e-12.
 */
const tolerance = 1e-11;

const rule = {
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  clip: 1,
  momentum: 0.9,
  nesterov: true,
};

const all = ['naive', 'thread', 'group'];

function groupsOf(chunks: number): Given {
  return { shape: [chunks], values: Array.from({ length: chunks }, (_, chunk) => (chunk * 5) % 7), element: 'u32' };
}

function positive(count: number, seed: number, scale = 1): Float32Array {
  return noise(count, seed).map((value) => value * value * scale);
}

describe('gradientSquares', () => {
  it.each([1, 3, 17, 70])('agrees with the twin for %d chunks', async (chunks) => {
    const test = { inputs: { gradients: random([256 * chunks], 1) }, attributes: {} };
    expect(await checkParity(gradientSquares, test, tolerance)).toEqual(['naive', 'chunk-thread', 'group']);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e16, -1e38])(
    'is infinite for the chunk of a gradient of %d, and only for that one',
    async (bad) => {
      for (const at of [0, 77, 255]) {
        const values = noise(256 * 3, 2);
        values[256 + at] = bad;
        const inputs = { gradients: { shape: [256 * 3], values } };
        for (const { gpu, twin, variant } of await runVariants(gradientSquares, { inputs, attributes: {} })) {
          expect(Array.from(gpu, Number.isFinite), variant).toEqual([true, false, true]);
          expect(Array.from(twin, Number.isFinite)).toEqual([true, false, true]);
        }
      }
    },
  );

  it('refuses a buffer that does not consist of chunks', async () => {
    const test = { inputs: { gradients: random([300], 1) }, attributes: {} };
    await expect(checkParity(gradientSquares, test, tolerance)).rejects.toThrow('chunks of 256');
  });
});

describe('sumLosses', () => {
  it.each([1, 7, 8, 65, 1000])('adds %d losses to the sum', async (M) => {
    const lossSum = { shape: [4], values: [12.5, 0, 0, 0] };
    const inputs = { losses: { shape: [M], values: positive(M, 1, 3) }, lossSum };
    expect(await checkParity(sumLosses, { inputs, attributes: {} }, tolerance)).toEqual(all);
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
      for (const { gpu, twin, variant } of await runVariants(sumLosses, { inputs, attributes: {} })) {
        expect([gpu[0], twin[0]], variant).toEqual([Number.NaN, Number.NaN]);
      }
    }
  });
});

describe('stepRecord', () => {
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
    [1000, 1],
  ])('agrees with the twin for %d chunks and a clip of %d', async (chunks, clip) => {
    expect(await checkParity(stepRecord, caseOf(chunks, clip), tolerance)).toEqual(all);
  });

  it('writes what the optimiser reads', async () => {
    const [record] = (await runVariants(stepRecord, caseOf(2, 0.5, { squares: [9, 16] }))).filter(
      ({ tensor }) => tensor === 'record',
    );
    expect(Array.from(record?.gpu.subarray(0, 8) ?? [])).toEqual([250, 5, Math.fround(0.1), 1, 0, 0, 0, 0]);
    expect(Array.from(record?.gpu.subarray(recordAt.groups, recordAt.groups + mostGroups) ?? [])).toEqual([
      3, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0,
    ]);
    expect(record?.gpu.subarray(recordAt.update)).toEqual(updateOf({ ...rule, clip: 0.5 }, 3).subarray(0, 12));
  });

  it('says so when the loss or a gradient is not finite, and which group it is in', async () => {
    const squares = positive(70, 3);
    squares[69] = Number.POSITIVE_INFINITY;
    const badGroup = (69 * 5) % 7;
    for (const { gpu, tensor, variant } of await runVariants(stepRecord, caseOf(70, 1, { squares }))) {
      if (tensor !== 'record') continue;
      expect([gpu[recordAt.norm], gpu[recordAt.finite]], variant).toEqual([Number.POSITIVE_INFINITY, 0]);
      const norms = Array.from(gpu.subarray(recordAt.groups, recordAt.groups + mostGroups));
      expect(norms.map(Number.isFinite)).toEqual(norms.map((_, group) => group !== badGroup));
    }
    for (const loss of [Number.NaN, Number.POSITIVE_INFINITY]) {
      for (const { gpu, tensor, variant } of await runVariants(stepRecord, caseOf(70, 1, { loss }))) {
        if (tensor === 'record') expect([gpu[0], gpu[3]], variant).toEqual([loss, 0]);
        else expect(gpu[0]).toBe(0);
      }
    }
  });
});

describe('changeRatios', () => {
  it.each([1, 64, 257])('agrees with the twin for %d chunks', async (chunks) => {
    const inputs = {
      changes: { shape: [chunks, 2], values: positive(2 * chunks, 1) },
      groups: groupsOf(chunks),
      ratios: random([16], 3),
    };
    expect(await checkParity(changeRatios, { inputs, attributes: {} }, tolerance)).toEqual(all);
  });

  it('gives the same bits twice', async () => {
    const inputs = {
      changes: { shape: [300, 2], values: positive(600, 1) },
      groups: groupsOf(300),
      ratios: random([16], 3),
    };
    const first = await runVariants(changeRatios, { inputs, attributes: {} });
    const second = await runVariants(changeRatios, { inputs, attributes: {} });
    expect(second.map(({ gpu }) => gpu)).toEqual(first.map(({ gpu }) => gpu));
  });
});

describe('updateOf', () => {
  it('corrects the moments of the first step exactly', () => {
    const update = updateOf(rule, 1);
    expect(update[4]).toBe(1 - (update[1] as number));
    expect(update[5]).toBe(1 - (update[2] as number));
  });
});
