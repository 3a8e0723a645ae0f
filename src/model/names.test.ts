import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { completeConfig } from './config';
import { parseConfig } from './config-file';
import { activeParameterCount, parameterCount, tensorTable } from './names';
import { readSafetensors } from './safetensors';

const folder = new URL('./fixtures/', import.meta.url);
const fixtures = readdirSync(folder);
const tiny = {
  vocab_size: 11,
  hidden_size: 8,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  intermediate_size: 12,
  max_position_embeddings: 6,
};

describe('tensorTable', () => {
  it('has fixtures to compare with', () => expect(fixtures.length).toBeGreaterThan(20));

  it.each(fixtures)('names the tensors that PyTorch wrote for %s', (name) => {
    const config = parseConfig(JSON.parse(readFileSync(new URL(`${name}/config.json`, folder), 'utf8')), name);
    const { tensors } = readSafetensors(readFileSync(new URL(`${name}/model.safetensors`, folder)), name);
    const written = new Map([...tensors].map(([tensor, { shape }]) => [tensor, shape]));
    expect(new Map(tensorTable(config).map((row) => [row.name, row.shape]))).toEqual(written);
  });

  it('calls every two-dimensional weight a matrix except the series parameters and the gates of experts', () => {
    const extras = { series_branches: 2, shortcut_size: 3, query_layer: true, num_experts: 2 };
    const config = completeConfig({ ...tiny, ...extras }, 'tiny');
    const table = tensorTable(config);
    const vectors = table.filter((row) => row.shape.length === 2 && !row.matrix).map((row) => row.name);
    expect(vectors).toEqual([
      'model.layers.0.mlp.gate.weight',
      'model.layers.0.mlp.series.scale',
      'model.layers.0.mlp.series.bias',
      'model.query_layer.mlp.series.scale',
      'model.query_layer.mlp.series.bias',
    ]);
    expect(table.filter((row) => row.matrix && row.shape.length !== 2)).toEqual([]);
  });

  it('lists no tensor twice', () => {
    const config = completeConfig({ ...tiny, norm: 'layer', norm_placement: 'sandwich', query_layer: true }, 'tiny');
    const names = tensorTable(config).map((row) => row.name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('parameterCount', () => {
  it('adds up a plain LLaMA by hand, and counts a tied head once', () => {
    const layer = 8 + 4 * 8 * 8 + 8 + 3 * 12 * 8;
    const untied = 11 * 8 + 2 * layer + 8 + 11 * 8;
    expect(parameterCount(completeConfig(tiny, 'tiny'))).toBe(untied);
    expect(parameterCount(completeConfig({ ...tiny, tie_word_embeddings: true }, 'tiny'))).toBe(untied - 11 * 8);
  });

  it('counts every expert of a layer, and of those that a token meets one', () => {
    const dense = completeConfig({ ...tiny, query_layer: true }, 'tiny');
    const experts = completeConfig({ ...dense, num_experts: 5 }, 'experts');
    const gate = 5 * 8;
    // Of two layers one is the query layer, whose FFN is for all tokens.
    expect(parameterCount(experts)).toBe(parameterCount(dense) + gate + 4 * (3 * 12 * 8));
    expect(activeParameterCount(experts)).toBe(parameterCount(dense) + gate);
    expect(activeParameterCount(dense)).toBe(parameterCount(dense));
  });
});
