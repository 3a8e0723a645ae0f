import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headSize, kvHeads, type ModelConfig } from '../../model/config';
import { anyConfig } from '../../model/config-arbitrary';
import { fixtureNames, readFixture } from '../../model/fixture-folder';
import { parameterCount, tensorTable } from '../../model/names';
import { paperConfig, paperShapes, paperVocabulary, shapeName } from './paper-shapes';
import { largestPlans, scaledConfig, shapePlan } from './shape-plan';

const configs = paperShapes.map((shape) => paperConfig(shape, paperVocabulary));
const GiB = 2 ** 30;

/** Keys and values of every layer, in f32. */
function cacheOf(config: ModelConfig): number {
  return 2 * config.max_position_embeddings * kvHeads(config) * headSize(config) * 4 * config.num_hidden_layers;
}

describe('shapePlan', () => {
  it.each([
    ...fixtureNames.map((name) => [name, readFixture(name).config] as const),
    ...paperShapes.map((shape, index) => [shapeName(shape), configs[index] as ModelConfig] as const),
  ])('counts every weight of the checkpoint and both caches of %s', (_, config) => {
    const plan = shapePlan(config, 4);
    expect(plan.parameters).toBe(parameterCount(config));
    expect(plan.weightBytes).toBe(4 * parameterCount(config));
    expect(plan.cacheBytes - cacheOf(config)).toBeGreaterThanOrEqual(0);
    expect(plan.cacheBytes - cacheOf(config)).toBeLessThanOrEqual(64);
    const matrices = tensorTable(config).filter(({ matrix }) => matrix);
    const inMatrices = matrices.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b), 0);
    expect(shapePlan(config, 2).weightBytes).toBe(4 * parameterCount(config) - 2 * inMatrices);
  });
});

describe('largestPlans', () => {
  it('leaves the five shapes whole where there is room', () => {
    const plans = largestPlans(configs, 4, { totalBytes: 8 * GiB });
    expect(plans.map(({ config }) => config)).toEqual(configs);
    for (const { factor } of plans) expect(factor).toBe(1);
  });

  it('takes one factor for all, as large as the limit allows, with the layers and heads of each', () => {
    const limits = { totalBytes: GiB };
    const plans = largestPlans(configs, 4, limits);
    const [factor = 0] = plans.map((plan) => plan.factor);
    plans.forEach(({ config, totalBytes, ...plan }, index) => {
      const full = configs[index] as ModelConfig;
      expect(plan.factor).toBe(factor);
      expect(totalBytes).toBeLessThanOrEqual(GiB);
      expect(config.num_hidden_layers).toBe(full.num_hidden_layers);
      expect(config.num_attention_heads).toBe(full.num_attention_heads);
      expect(config.hidden_size).toBe(factor * full.hidden_size);
      expect(config.hidden_size % headSize(config)).toBe(0);
      expect(config.intermediate_size).toBe(factor * full.intermediate_size);
      expect(config.vocab_size).toBe(factor * full.vocab_size);
    });
    const larger = configs.map((config) => shapePlan(scaledConfig(config, factor + 1 / 32), 4));
    expect(Math.max(...larger.map(({ totalBytes }) => totalBytes))).toBeGreaterThan(GiB);
  });

  it('heeds the largest buffer of a GPU, and f16 leaves room for more', () => {
    const bufferBytes = 128 * 2 ** 20;
    const plans = largestPlans(configs, 2, { totalBytes: 8 * GiB, bufferBytes });
    expect(plans[0]?.factor).toBeLessThan(1);
    for (const { largestBytes } of plans) expect(largestBytes).toBeLessThanOrEqual(bufferBytes);
    const factors = ([4, 2] as const).map((bytes) => largestPlans(configs, bytes, { totalBytes: GiB })[0]?.factor ?? 0);
    expect(factors[1]).toBeGreaterThan(factors[0] ?? 1);
  });

  it('says how much the smallest copy needs', () => {
    expect(() => largestPlans(configs, 4, { totalBytes: 2 ** 20 })).toThrow(
      /^Even the smallest copy needs 1?\d(\.\d+)? MiB, 1 MiB are allowed: allow more, or choose fewer layers/,
    );
  });
});

describe('scaledConfig', () => {
  it('makes a config that can be built of any', () => {
    fc.assert(
      fc.property(anyConfig, fc.integer({ min: 1, max: 4 }), (config, quarters) => {
        const whole = { ...config, head_dim: 16, num_hidden_layers: Math.min(3, config.num_hidden_layers) };
        const scaled = scaledConfig(whole, quarters / 4);
        expect(headSize(scaled)).toBe(4 * quarters);
        expect(scaled.num_hidden_layers).toBe(whole.num_hidden_layers);
        expect(parameterCount(scaled)).toBeLessThanOrEqual(parameterCount(whole));
      }),
    );
  });
});
