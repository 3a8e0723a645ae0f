import { describe, expect, it } from 'vitest';
import { decodeHalf } from '../../graph/float16';
import { elements } from '../../graph/tensor';
import { floatsOf, type Weights, weightNamed } from '../../graph/weights';
import { readFixture } from '../../model/fixture-folder';
import { tensorTable } from '../../model/names';
import { paperConfig } from './paper-shapes';
import { randomWeights } from './random-weights';
import { scaledConfig } from './shape-plan';

const config = scaledConfig(paperConfig({ depth: 2, width: 1280 }, 48_000), 1 / 4);
const table = 'model.embed_tokens.weight';

function valuesOf(weights: Weights, name: string): Float32Array {
  return floatsOf(weightNamed(weights, name));
}

function bitsOf(weights: Weights, name: string): string {
  return Buffer.from(valuesOf(weights, name).buffer).toString('latin1');
}

describe('randomWeights', () => {
  it.each(['llama', 'deepnorm-glm', 'query-layer-series'])('holds every tensor of %s in its shape', (name) => {
    const of = readFixture(name).config;
    for (const half of [false, true]) {
      const weights = randomWeights(of, 1, half);
      expect([...weights.keys()].sort()).toEqual(
        tensorTable(of)
          .map((row) => row.name)
          .sort(),
      );
      for (const row of tensorTable(of)) {
        expect(valuesOf(weights, row.name)).toHaveLength(elements(row.shape));
        expect('half' in weightNamed(weights, row.name)).toBe(half && row.matrix);
      }
    }
  });

  it('has the mean 0 and the deviation of the config, in every part of a matrix', () => {
    const values = valuesOf(randomWeights(config, 3, false), table);
    for (let first = 0; first + 100_000 <= values.length; first += 100_000) {
      const part = values.subarray(first, first + 100_000);
      const mean = part.reduce((sum, x) => sum + x, 0) / part.length;
      const square = part.reduce((sum, x) => sum + x * x, 0) / part.length;
      // Six standard errors: of the mean σ/√n, of the square 0.9·σ²/√n for even numbers.
      expect(Math.abs(mean)).toBeLessThan(6 * 0.02 * Math.sqrt(1 / part.length));
      expect(Math.abs(square / 0.0004 - 1)).toBeLessThan(6 * 0.9 * Math.sqrt(1 / part.length));
    }
    expect(values.every((x) => Math.abs(x) <= 0.02 * Math.sqrt(3) + 1e-9)).toBe(true);
  });

  it('has the same bits for a seed, and others for another seed or tensor', () => {
    const [query, key] = ['q', 'k'].map((part) => `model.layers.0.self_attn.${part}_proj.weight`) as [string, string];
    const [a, again, b] = [1, 1, 2].map((seed) => randomWeights(config, seed, false)) as [Weights, Weights, Weights];
    expect(bitsOf(again, query)).toBe(bitsOf(a, query));
    expect(bitsOf(b, query)).not.toBe(bitsOf(a, query));
    expect(bitsOf(a, key)).not.toBe(bitsOf(a, query));
    // The first three, worked out in Python with whole numbers of any size.
    expect(Array.from(new Uint32Array(valuesOf(a, table).buffer, 0, 3))).toEqual([1015034392, 3164468842, 3158025829]);
  });

  it('has in f16 what it has in f32, rounded, beyond the chunk that is made at once', () => {
    const floats = valuesOf(randomWeights(config, 5, false), table);
    const stored = weightNamed(randomWeights(config, 5, true), table);
    if (!('half' in stored)) throw new Error('A matrix is f32 where f16 was asked for.');
    const halves = decodeHalf(stored.half);
    expect(halves.length).toBeGreaterThan(1 << 17);
    let worst = 0;
    halves.forEach((half, i) => {
      worst = Math.max(worst, Math.abs(half - (floats[i] ?? Number.NaN)));
    });
    expect(worst).toBeLessThanOrEqual(2 ** -16);
  });
});
