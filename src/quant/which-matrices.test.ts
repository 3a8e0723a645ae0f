import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completeConfig } from '../model/config';
import { anyConfig } from '../model/config-arbitrary';
import { expertOf, tensorTable } from '../model/names';
import { kindOf, kindsOf, layersOf, matrixKinds, selectedMatrices, selections } from './which-matrices';

const pangu = completeConfig(
  {
    vocab_size: 5,
    hidden_size: 4,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    intermediate_size: 6,
    max_position_embeddings: 3,
    tie_word_embeddings: false,
    shortcut_size: 2,
    query_layer: true,
  },
  'pangu',
);
const names = (...args: Parameters<typeof selectedMatrices>) => selectedMatrices(...args).map(({ name }) => name);

describe('the matrices that are quantised', () => {
  it("are GLM's four kinds, with the shortcut's matrix that lies under q, k and v", () => {
    expect(names(pangu, { kinds: selections.glm, layers: ['0'] })).toEqual([
      'model.layers.0.self_attn.q_proj.weight',
      'model.layers.0.self_attn.k_proj.weight',
      'model.layers.0.self_attn.v_proj.weight',
      'model.layers.0.self_attn.o_proj.weight',
      'model.layers.0.self_attn.shortcut.down_proj.weight',
      'model.layers.0.mlp.gate_proj.weight',
      'model.layers.0.mlp.up_proj.weight',
      'model.layers.0.mlp.down_proj.weight',
    ]);
    expect(names(pangu, { kinds: selections.glm, layers: ['query'] })).toHaveLength(7);
    expect(names(pangu, { kinds: selections.glm }).some((name) => /embed|head|norm/.test(name))).toBe(false);
  });

  it('may be embedding and head as well, which belong to no layer', () => {
    expect(names(pangu, { kinds: ['embedding', 'head'] })).toEqual(['model.embed_tokens.weight', 'lm_head.weight']);
    expect(names(pangu, { kinds: ['embedding', 'head'], layers: ['0'] })).toEqual([]);
  });

  it('are told by the config', () => {
    expect(layersOf(pangu)).toEqual(['0', 'query']);
    expect(kindsOf(pangu)).toEqual(matrixKinds);
    expect(kindsOf({ ...pangu, shortcut_size: 0, tie_word_embeddings: true })).toEqual([
      ...selections.glm,
      'embedding',
    ]);
  });

  it('are matrices, and all of them but tables of positions and experts', () => {
    fc.assert(
      fc.property(anyConfig, (config) => {
        const matrices = tensorTable(config).filter(
          ({ matrix, name }) => matrix && !name.includes('position_embeddings') && expertOf(name) === null,
        );
        expect(selectedMatrices(config, { kinds: matrixKinds })).toEqual(matrices);
        expect(matrices.every(({ name }) => kindOf(name) !== undefined)).toBe(true);
      }),
    );
  });
});
