import { describe, expect, it } from 'vitest';
import { dequantise } from '../graph/quantised';
import type { StoredWeight } from '../graph/weights';
import { completeConfig } from '../model/config';
import { tensorTable } from '../model/names';
import { histogram, integerCounts, levelsOf, rowRanges } from './distribution';
import { layerErrors, matrixErrors, outputError, relativeError } from './error';
import { quantise } from './quantise';
import { quantiseWeights } from './quantise-weights';
import { schemes } from './schemes';
import { selections } from './which-matrices';

const config = completeConfig(
  {
    vocab_size: 7,
    hidden_size: 32,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    intermediate_size: 48,
    max_position_embeddings: 8,
    tie_word_embeddings: true,
  },
  'small',
);
const weights = new Map(
  tensorTable(config).map(({ name, shape }, index): [string, StoredWeight] => {
    const count = shape.reduce((product, size) => product * size, 1);
    return [name, { values: Float32Array.from({ length: count }, (_, i) => Math.sin(i * 1.7 + index)) }];
  }),
);

describe('errors of a quantised model', () => {
  it('are listed for every matrix that is quantised, and shrink with more bits and smaller blocks', () => {
    const of = (scheme: keyof typeof schemes) =>
      matrixErrors(config, weights, quantiseWeights(config, weights, schemes[scheme], { kinds: selections.glm }));
    const errors = of('int4-row');
    expect(errors).toHaveLength(14);
    expect(errors[0]).toMatchObject({ layer: '0', kind: 'attention-in', shape: [32, 32] });
    of('int8-row').forEach(({ relative, largest }, index) => {
      expect(relative).toBeGreaterThan(0);
      expect(relative).toBeLessThan((errors[index]?.relative ?? 0) / 10);
      expect(largest).toBeLessThan((errors[index]?.largest ?? 0) / 10);
    });
    // The largest of a sine over its root mean square.
    expect(errors[0]?.reach).toBeCloseTo(Math.SQRT2, 1);
    const layers = layerErrors(errors);
    expect(layers.map(({ layer }) => layer)).toEqual(['0', '1']);
    expect(layers[0]?.relative).toBeGreaterThan(Math.min(...errors.map(({ relative }) => relative)));
    expect(layers[0]?.relative).toBeLessThan(Math.max(...errors.map(({ relative }) => relative)));
  });

  it('follow the definition on activations', () => {
    const weight = { values: Float32Array.from([1, 2, 3, 4]) };
    const other = { values: Float32Array.from([1, 2, 3, 5]) };
    // X = [[1, 1], [0, 2]]: X·Wᵀ = [[3, 7], [4, 8]], X·ΔWᵀ = [[0, −1], [0, −2]].
    expect(outputError(Float32Array.from([1, 1, 0, 2]), weight, other, 2)).toBeCloseTo(Math.sqrt(5 / 138), 12);
    expect(outputError(new Float32Array(2), weight, weight, 2)).toBe(0);
    expect(relativeError(weight.values, other.values)).toBeCloseTo(Math.sqrt(1 / 30), 12);
    expect(relativeError(new Float32Array(4), new Float32Array(4))).toBe(0);
  });
});

describe('the spread of a matrix', () => {
  it('is drawn in bars that hold every weight', () => {
    expect(histogram(Float32Array.from([-1, -0.9, 0, 1]), 4)).toEqual({
      from: -1,
      to: 1,
      counts: Uint32Array.of(2, 0, 1, 1),
    });
    expect(histogram(Float32Array.from([2, 2]), 3).counts).toEqual(Uint32Array.of(2, 0, 0));
    expect(rowRanges(Float32Array.from([1, -2, 3, 4]), 2)).toEqual({
      least: Float32Array.of(-2, 3),
      most: Float32Array.of(1, 4),
    });
  });

  it('has the levels of its quantiser: 15 around zero, 16 with a zero point', () => {
    const values = Float32Array.from({ length: 64 }, (_, i) => Math.sin(i));
    const symmetric = quantise(values, [2, 32], schemes['int4-row'], 'w');
    const levels = levelsOf(symmetric, 1);
    expect(levels).toHaveLength(15);
    expect(levels[7]).toBe(0);
    for (const value of dequantise(symmetric).subarray(32)) expect(levels).toContain(value);
    expect(levelsOf(quantise(values, [2, 32], schemes['int4-row-zero'], 'w'), 0)).toHaveLength(16);
    const counts = integerCounts(symmetric);
    expect(counts[0]).toBe(0);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(64);
  });
});
