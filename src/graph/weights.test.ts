import { describe, expect, it } from 'vitest';
import { costOf } from './cost';
import { decodeHalf } from './float16';
import { GraphBuilder } from './graph';
import { blocksOfRow, dequantise, paddedColumns, type QuantisedMatrix, rowBytes, stackQuantised } from './quantised';
import { bytesOf } from './tensor';
import {
  bytesPerWeightOf,
  floatsOf,
  halvesOf,
  matrixStorage,
  packsHalf,
  quantisedParameter,
  type StoredWeight,
} from './weights';

const builder = new GraphBuilder();
const stack = builder.stack([
  { name: 'a', shape: [2, 48] },
  { name: 'b', shape: [3, 48] },
]);
const gain = builder.vector('gain', [48]);

function matrix(N: number, bits: 4 | 8, block: number, zeros = false): QuantisedMatrix {
  const layout = { bits, N, K: 48, block };
  const scales = N * blocksOfRow(layout);
  return {
    ...layout,
    packed: Uint8Array.from({ length: N * rowBytes(layout) }, (_, i) => (i * 37) & 255),
    scales: Float32Array.from({ length: scales }, (_, i) => 1 + i / 8),
    zeros: zeros ? new Uint8Array(scales).fill(5) : null,
  };
}

const weightsOf = (a: StoredWeight, b: StoredWeight) => new Map([['a', a] as const, ['b', b] as const]);
const quantised = (...args: Parameters<typeof matrix>): StoredWeight => ({ quantised: matrix(...args) });

describe('a parameter of quantised parts', () => {
  it('is one matrix, and counts what it takes: integers filled up to 64 columns, scales, zero points', () => {
    const weights = weightsOf(quantised(2, 4, 32), quantised(3, 4, 32, true));
    const whole = quantisedParameter(stack, weights);
    expect(whole).toMatchObject({ N: 5, K: 48, bits: 4, block: 32 });
    const parts = [...weights.values()].flatMap((weight) => [...floatsOf(weight)]);
    expect(whole && [...dequantise(whole)]).toEqual(parts);
    expect(matrixStorage(weights, true)).toBe('int4');
    expect(bytesOf(stack, bytesPerWeightOf(weights, true))).toBe(5 * (64 / 2 + 2 * 4 + 2));
  });

  it.each([
    ['bits', quantised(3, 8, 48)],
    ['block', quantised(3, 4, 32)],
    ['one that is not quantised', { values: new Float32Array(144) }],
  ])('is none where they differ in %s, and is kept as floats', (_, other) => {
    const weights = weightsOf(quantised(2, 4, 48), other);
    expect(quantisedParameter(stack, weights)).toBeNull();
    expect(bytesOf(stack, bytesPerWeightOf(weights, true))).toBe(5 * 48 * 2);
  });

  it('never is a vector', () => {
    expect(quantisedParameter(gain, new Map([['gain', { values: new Float32Array(48) }]]))).toBeNull();
    expect(bytesOf(gain, bytesPerWeightOf(new Map(), true))).toBe(192);
  });

  it('costs what it takes', () => {
    const weights = weightsOf(quantised(2, 4, 48), quantised(3, 4, 48));
    expect(costOf(builder.build(), bytesPerWeightOf(weights, false)).weightBytes).toBe(5 * (32 + 4) + 192);
  });
});

describe('a quantised weight', () => {
  it('stands for floats, and for f16 where that is asked for', () => {
    const weight = quantised(2, 4, 48);
    const floats = floatsOf(weight);
    expect(floats).toHaveLength(96);
    decodeHalf(halvesOf(weight)).forEach((value, i) => {
      expect(Math.abs(value - (floats[i] ?? 0))).toBeLessThanOrEqual(Math.abs(value) / 1024);
    });
  });

  it('is no reason to pack others as f16', () => {
    expect(packsHalf('stored', weightsOf(quantised(2, 4, 48), quantised(3, 4, 48)))).toBe(false);
    expect(packsHalf('stored', weightsOf(quantised(2, 4, 48), { half: new Uint16Array(144) }))).toBe(true);
  });

  it('fills rows up to whole blocks, or to a multiple of 32', () => {
    expect([48, 32, 64, 128].map((block) => paddedColumns({ K: 48, block }))).toEqual([64, 64, 64, 128]);
    expect([48, 32, 64].map((block) => blocksOfRow({ K: 48, block }))).toEqual([1, 2, 1]);
    expect(stackQuantised([])).toBeNull();
  });
});
