import { describe, expect, it } from 'vitest';
import { floatsOf } from '../graph/weights';
import { completeConfig, type ModelConfig } from '../model/config';
import { initialWeights } from './initialise';

const shape = {
  vocab_size: 500,
  hidden_size: 64,
  num_hidden_layers: 4,
  num_attention_heads: 4,
  intermediate_size: 128,
  max_position_embeddings: 32,
  tie_word_embeddings: false,
};

function moments(values: Float32Array) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  const kurtosis = values.reduce((sum, value) => sum + ((value - mean) / spread) ** 4, 0) / values.length;
  return { mean, spread, kurtosis };
}

function weightsOf(given: Partial<ModelConfig>, seed = 1) {
  const weights = initialWeights(completeConfig({ ...shape, ...given }, 'test'), seed);
  return (name: string) => floatsOf(weights.get(name) ?? { values: new Float32Array() });
}

describe('initialWeights', () => {
  it('draws matrices from a normal distribution of the given deviation', () => {
    const { mean, spread, kurtosis } = moments(weightsOf({})('model.embed_tokens.weight'));
    expect(Math.abs(mean)).toBeLessThan(5e-4);
    expect(spread).toBeCloseTo(0.02, 3);
    expect(kurtosis).toBeGreaterThan(2.9);
    expect(kurtosis).toBeLessThan(3.1);
  });

  it('starts norms at 1, biases at 0, the shortcut at 0 and a series at its plain activation', () => {
    const of = weightsOf({ norm: 'layer', attention_bias: true, shortcut_size: 8, series_branches: 2 });
    expect(new Set(of('model.norm.weight'))).toEqual(new Set([1]));
    expect(new Set(of('model.norm.bias'))).toEqual(new Set([0]));
    expect(new Set(of('model.layers.0.self_attn.q_proj.bias'))).toEqual(new Set([0]));
    expect(new Set(of('model.layers.1.self_attn.shortcut.up_proj.weight'))).toEqual(new Set([0]));
    expect(moments(of('model.layers.1.self_attn.shortcut.down_proj.weight')).spread).toBeCloseTo(0.02, 2);
    const scale = of('model.layers.2.mlp.series.scale');
    expect([scale[0], scale[127], scale[128], scale[255]]).toEqual([1, 1, 0, 0]);
  });

  it.each([
    ['gpt2', 'model.layers.1.mlp.up_proj.weight', 1 / Math.sqrt(8)],
    ['internlm', 'model.layers.1.mlp.gate_proj.weight', 1 / Math.sqrt(8)],
    ['internlm', 'model.layers.1.mlp.up_proj.weight', 1],
    ['pangu-pi-pro', 'model.layers.0.self_attn.q_proj.weight', Math.SQRT2],
    ['pangu-pi-pro', 'model.layers.3.self_attn.q_proj.weight', 1],
    ['pangu-pi-pro', 'model.layers.0.self_attn.v_proj.weight', Math.SQRT1_2],
    ['gpt2', 'lm_head.weight', 1],
  ] as const)('scales by the rule %s (%s)', (initializer, name, factor) => {
    const { spread } = moments(weightsOf({ initializer })(name));
    expect(spread / 0.02 / factor).toBeGreaterThan(0.96);
    expect(spread / 0.02 / factor).toBeLessThan(1.04);
  });

  it('draws every expert by itself, and scales it as the FFN of a layer without experts', () => {
    const of = weightsOf({ num_experts: 3, initializer: 'internlm' });
    const gates = [0, 1, 2].map((expert) => of(`model.layers.1.mlp.experts.${expert}.gate_proj.weight`));
    for (const gate of gates) expect(moments(gate).spread / 0.02).toBeCloseTo(1 / Math.sqrt(8), 2);
    expect(gates[0]).not.toEqual(gates[1]);
    expect(moments(of('model.layers.1.mlp.experts.2.up_proj.weight')).spread / 0.02).toBeCloseTo(1, 1);
  });

  it.each([
    [3, 64],
    [64, 64],
    [48, 12],
  ])('gives CPM-2 a gate of %d rows of %d columns at right angles, of length 0.01', (experts, width) => {
    const of = weightsOf({ num_experts: experts, hidden_size: width, num_attention_heads: 2 });
    const gate = of('model.layers.0.mlp.gate.weight');
    const count = Math.min(experts, width);
    const at = (vector: number, i: number) =>
      (experts <= width ? gate[vector * width + i] : gate[i * width + vector]) ?? Number.NaN;
    const product = (a: number, b: number) =>
      Array.from({ length: Math.max(experts, width) }, (_, i) => at(a, i) * at(b, i)).reduce((sum, x) => sum + x, 0);
    // Orthogonal in f64, stored in f32: what is left is the rounding of each number.
    for (let a = 0; a < count; a++) {
      for (let b = 0; b <= a; b++) expect(product(a, b) / 1e-4).toBeCloseTo(a === b ? 1 : 0, 6);
    }
    expect(of('model.layers.1.mlp.gate.weight')).not.toEqual(gate);
  });

  it('draws a learned gate from a normal distribution, whatever the rule', () => {
    const of = weightsOf({ num_experts: 32, expert_gate: 'learned', initializer: 'gpt2' });
    expect(moments(of('model.layers.0.mlp.gate.weight')).spread / 0.02).toBeCloseTo(1, 1);
  });

  it('gives the same bits for a seed, others for another, and the same tensor whatever else the model has', () => {
    const name = 'model.layers.0.mlp.up_proj.weight';
    expect(weightsOf({})(name)).toEqual(weightsOf({})(name));
    expect(weightsOf({}, 2)(name)).not.toEqual(weightsOf({})(name));
    expect(weightsOf({ norm_placement: 'sandwich', num_hidden_layers: 2 })(name)).toEqual(weightsOf({})(name));
    // Frozen: another bit here would change every recorded run.
    expect(Array.from(weightsOf({})(name).subarray(0, 3))).toMatchInlineSnapshot(`
      [
        0.0008014908526092768,
        0.00805753655731678,
        0.033434636890888214,
      ]
    `);
  });
});
