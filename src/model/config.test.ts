import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError, completeConfig, configProblems, headSize, kvHeads } from './config';
import { anyConfig } from './config-arbitrary';
import { configJson, parseConfig } from './config-file';
import { configKeys } from './config-schema';

const tiny = {
  vocab_size: 11,
  hidden_size: 8,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  intermediate_size: 12,
  max_position_embeddings: 6,
};

function refusal(json: unknown): string {
  try {
    parseConfig(json, 'story/config.json');
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('The config was accepted.');
}

describe('parseConfig', () => {
  it('fills in the defaults', () => {
    const config = parseConfig(tiny, 'tiny');
    expect(config).toMatchObject({
      ...tiny,
      hidden_act: 'silu',
      norm: 'rms',
      series_branches: 1,
      sliding_window: null,
    });
    expect(headSize(config)).toBe(4);
    expect(kvHeads(config)).toBe(2);
  });

  it('states nothing that follows from other keys', () => {
    const stated = parseConfig({ ...tiny, head_dim: 4, num_key_value_heads: 2 }, 'stated');
    expect(stated).toEqual(parseConfig(tiny, 'tiny'));
    const own = parseConfig({ ...tiny, head_dim: 6, num_key_value_heads: 1 }, 'own');
    expect([headSize(own), kvHeads(own)]).toEqual([6, 1]);
  });

  it.each([
    [{ hidden_act: 'swish' }, 'hidden_act is "swish": choose silu, gelu_pytorch_tanh or relu.'],
    [{ hidden_size: 0 }, 'hidden_size is 0: choose a whole number from 1 to 65536.'],
    [{ vocab_size: '11' }, 'vocab_size is "11": choose a whole number from 1 to 1048576.'],
    [{ num_hidden_layers: 1.5 }, 'num_hidden_layers is 1.5: choose a whole number from 1 to 1024.'],
    [{ head_dim: 3 }, 'head_dim is 3: choose an even number from 2 to 4096, or null (width / query heads).'],
    [{ rope_theta: -1 }, 'rope_theta is -1: choose a number above 0 and at most 1000000000000.'],
    [{ embedding_gradient_shrink: 2 }, 'embedding_gradient_shrink is 2: choose a number above 0 and at most 1.'],
    [{ tie_word_embeddings: 1 }, 'tie_word_embeddings is 1: choose true or false.'],
    [{ vocab_size: null }, 'vocab_size is null: choose a whole number from 1 to 1048576.'],
    [
      { num_attention_heads: 3 },
      'num_attention_heads is 3, which does not divide hidden_size 8: choose a divisor, or give head_dim.',
    ],
    [
      { num_attention_heads: 8 },
      'num_attention_heads is 8, so a head of hidden_size 8 has the odd size 1: make it even.',
    ],
    [
      { num_key_value_heads: 4 },
      'num_key_value_heads is 4, which does not divide num_attention_heads 2: choose a divisor.',
    ],
    [{ eos_token_id: 11 }, 'eos_token_id is 11, but vocab_size is 11: choose an id from 0 to 10, or null.'],
    [{ model_type: 'gpt2' }, 'model_type is "gpt2": only llama and pangu_pi models can be read.'],
    [
      { architectures: ['LlamaForSequenceClassification'] },
      'architectures is ["LlamaForSequenceClassification"]: only LlamaForCausalLM and PanGuPiForCausalLM can be read.',
    ],
    [
      { model_type: 'llama', series_branches: 2 },
      'series_branches is 2, which a llama lacks: set model_type to "pangu_pi".',
    ],
    [
      { rope_scaling: { type: 'linear', factor: 2 } },
      'rope_scaling is {"type":"linear","factor":2}, but scaled rotary embeddings are not computed here: only null can be read.',
    ],
    [{ attention_dropout: 0.1 }, 'attention_dropout is 0.1, but there is no dropout here: only 0 can be read.'],
    [
      { quantization_config: { bits: 4 } },
      'quantization_config.quant_method is missing: only "matmul_nbits" can be read; save the weights as F32, F16 or BF16 and quantise them here.',
    ],
    [
      { series_branch: 2 },
      'series_branch is not a key of this format, and what it changes is unknown: did you mean series_branches?',
    ],
    [
      { num_local_experts: 4 },
      'num_local_experts is not a key of this format, and what it changes is unknown: remove it.',
    ],
    [{ num_experts: 65 }, 'num_experts is 65: choose a whole number from 0 to 64.'],
    [
      { num_experts: 1 },
      'num_experts is 1, which leaves a gate nothing to choose: choose 0 (no experts), or a number from 2 to 64.',
    ],
    [
      { num_experts: 2, mlp_bias: true },
      'mlp_bias is true, but experts have no biases: set it to false, or num_experts to 0.',
    ],
    [{ expert_gate: 'switch' }, 'expert_gate is "switch": choose cpm-2 or learned.'],
    [{ model_type: 'llama', num_experts: 2 }, 'num_experts is 2, which a llama lacks: set model_type to "pangu_pi".'],
    [
      { rope_parameters: { rope_type: 'yarn', rope_theta: 10000 } },
      'rope_parameters is {"rope_type":"yarn","rope_theta":10000}, but scaled rotary embeddings are not computed here: only rope_type "default" can be read.',
    ],
  ])('refuses %j with a sentence', (change, sentence) => {
    expect(refusal({ ...tiny, ...change })).toBe(`story/config.json: ${sentence}`);
  });

  it('says which key is missing', () => {
    const { hidden_size: _, ...rest } = tiny;
    expect(refusal(rest)).toBe('story/config.json: hidden_size is missing: give a whole number from 1 to 65536.');
  });

  it.each([null, [], 'llama', 3])('refuses %j, which is no object', (json) => {
    expect(refusal(json)).toContain('give an object with the keys of config.json');
  });

  it('passes over what transformers adds', () => {
    const added = {
      _name_or_path: 'story',
      attention_dropout: 0,
      dtype: 'float16',
      pad_token_id: 0,
      pretraining_tp: 1,
      quantization_config: null,
      rope_scaling: null,
      torch_dtype: 'float32',
      transformers_version: '4.57.0',
      use_cache: true,
    };
    expect(parseConfig({ model_type: 'llama', ...tiny, ...added }, 'added')).toEqual(parseConfig(tiny, 'tiny'));
  });

  it('takes rope_theta from rope_parameters', () => {
    const rope_parameters = { rope_type: 'default', rope_theta: 500_000 };
    expect(parseConfig({ ...tiny, rope_parameters }, 'new').rope_theta).toBe(500_000);
  });

  it('answers any JSON value with a config or a ConfigError', () => {
    const values = fc.record(Object.fromEntries(configKeys.map((key) => [key, fc.jsonValue()])), { requiredKeys: [] });
    const anything = fc.oneof(
      fc.jsonValue(),
      values,
      fc.tuple(values, fc.jsonValue()).map(([a]) => ({ ...tiny, ...a })),
    );
    fc.assert(
      fc.property(anything, (json) => {
        try {
          parseConfig(json, 'any');
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
        }
      }),
    );
  });
});

describe('configJson', () => {
  it('is read back as the same config', () => {
    fc.assert(
      fc.property(anyConfig, (config) => {
        expect(parseConfig(JSON.parse(JSON.stringify(configJson(config))), 'again')).toEqual(config);
      }),
    );
  });

  it('is a plain LLaMA without foreign keys when every extra is off', () => {
    const json = configJson(parseConfig(tiny, 'tiny'));
    expect(json).toMatchObject({ model_type: 'llama', architectures: ['LlamaForCausalLM'], head_dim: 4 });
    expect(Object.keys(json)).not.toContain('series_branches');
  });

  it.each([{ shortcut_size: 4 }, { num_experts: 4 }])('is a pangu_pi with %j', (extra) => {
    const json = configJson(parseConfig({ ...tiny, ...extra }, 'tiny'));
    expect(json).toMatchObject({ model_type: 'pangu_pi', architectures: ['PanGuPiForCausalLM'], ...extra });
  });

  const folder = new URL('./fixtures/', import.meta.url);
  it.each(readdirSync(folder))('writes what the PyTorch side wrote for %s', (name) => {
    const json = JSON.parse(readFileSync(new URL(`${name}/config.json`, folder), 'utf8'));
    expect(configJson(parseConfig(json, name))).toEqual({ bos_token_id: null, eos_token_id: null, ...json });
  });
});

describe('configProblems', () => {
  it('lists every wrong key at once, for the form', () => {
    const keys = configProblems({ ...tiny, vocab_size: 0, series_branches: 9 }).map((problem) => problem.key);
    expect(keys).toEqual(['vocab_size', 'series_branches']);
  });

  it('is empty exactly when the values make a config', () => {
    fc.assert(
      fc.property(anyConfig, (config) => {
        expect(configProblems(config)).toEqual([]);
      }),
    );
    expect(() => completeConfig({ ...tiny, vocab_size: 0 }, 'form')).toThrow(ConfigError);
  });
});
