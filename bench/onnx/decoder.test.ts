import { expect, test } from 'vitest';
import { elements } from '../../src/graph/tensor';
import { completeConfig, type ModelConfig } from '../../src/model/config';
import { tensorTable } from '../../src/model/names';
import { cacheNames, decoderGraph } from './decoder';

const llama: Partial<ModelConfig> = {
  vocab_size: 17,
  hidden_size: 12,
  num_hidden_layers: 2,
  num_attention_heads: 3,
  intermediate_size: 20,
  max_position_embeddings: 8,
};
const panguPi: Partial<ModelConfig> = { ...llama, shortcut_size: 4, series_branches: 2, tie_word_embeddings: true };

function graphOf(values: Partial<ModelConfig>) {
  const config = completeConfig(values, 'the test');
  const weights = new Map(
    tensorTable(config).map(({ name, shape }) => [name, { values: new Float32Array(elements(shape)) }]),
  );
  return { config, graph: decoderGraph(config, weights) };
}

const operators = (values: Partial<ModelConfig>) => graphOf(values).graph.nodes.map(({ operator }) => operator);

test('a LLaMA layer is two norms, attention and a gated FFN', () => {
  expect(operators({ ...llama, num_hidden_layers: 1 })).toEqual([
    'Gather',
    'SimplifiedLayerNormalization',
    ...['MatMul', 'GroupQueryAttention', 'MatMul'],
    'SkipSimplifiedLayerNormalization',
    ...['MatMul', 'QuickGelu', 'MatMul', 'Mul', 'MatMul'],
    'SkipSimplifiedLayerNormalization',
    ...['MatMul', 'ArgMax'],
  ]);
});

test('PanGu-π adds the shortcut beside attention and the series inside the FFN', () => {
  const layer = operators({ ...panguPi, num_hidden_layers: 1 }).slice(2, -3);
  expect(layer).toEqual([
    ...['MatMul', 'GroupQueryAttention', 'MatMul', 'MatMul', 'FastGelu', 'MatMul', 'Add'],
    'SkipSimplifiedLayerNormalization',
    ...['MatMul', 'Mul', 'Add', 'QuickGelu', 'Split', 'Add', 'MatMul', 'Mul', 'MatMul'],
  ]);
});

test('every input of a node is made before it', () => {
  const { config, graph } = graphOf(panguPi);
  const made = new Set(['token', 'seqlens_k', 'total_sequence_length', ...cacheNames(config).map(({ past }) => past)]);
  const constant = /^(embedding|cosine|sine)$|\.(weight|transposed|scale|bias)$/;
  for (const node of graph.nodes) {
    for (const name of node.inputs) {
      expect(name === '' || made.has(name) || constant.test(name), `${node.operator} reads ${name}`).toBe(true);
    }
    for (const name of node.outputs) made.add(name);
  }
  for (const { present } of cacheNames(config)) expect(made).toContain(present);
});

test('refuses a switch that it does not know by name and value', () => {
  expect(() => graphOf({ ...llama, norm: 'layer' })).toThrow('norm is layer: the ONNX exporter knows rms alone.');
});
