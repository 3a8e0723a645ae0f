/**
 * Fresh weights by the rule that the config names (docs/checkpoint-format.md, Initialisation), in f32.
 *
 * Every tensor draws from a stream of its own, named by the seed and its name, so the same tensor of two models starts
 * alike whatever else differs. The same seed gives the same bits on every machine.
 */
import { fnv1a } from '../graph/hash';
import { normals } from '../graph/normals';
import { elements } from '../graph/tensor';
import type { Weights } from '../graph/weights';
import type { ModelConfig } from '../model/config';
import { isFrozenGate, isGate, type TensorRow, tensorTable } from '../model/names';
import { orthogonalGate } from '../model/orthogonal-gate';

export function initialWeights(config: ModelConfig, seed: number): Weights {
  return new Map(tensorTable(config).map((row) => [row.name, { values: valuesOf(config, row, seed) }]));
}

function valuesOf(config: ModelConfig, row: TensorRow, seed: number): Float32Array {
  const count = elements(row.shape);
  const key = [seed, fnv1a(row.name) >>> 0] as const;
  if (isFrozenGate(config, row.name)) return orthogonalGate(config, key);
  if (isGate(row.name)) return normals(count, key, config.initializer_range);
  if (row.matrix) return normals(count, key, deviation(config, row.name));
  const values = new Float32Array(count);
  if (row.name.endsWith('series.scale')) values.fill(1, 0, row.shape.at(-1));
  else if (row.name.endsWith('.weight')) values.fill(1);
  return values;
}

/** Standard deviation of a matrix. */
function deviation(config: ModelConfig, name: string): number {
  const { initializer, initializer_range: sigma, num_hidden_layers: layers } = config;
  const layer = layerOf(config, name);
  if (name.endsWith('shortcut.up_proj.weight')) return 0;
  if (layer === null) return sigma;
  switch (initializer) {
    case 'constant':
      return sigma;
    case 'gpt2':
      return sigma / Math.sqrt(2 * layers);
    case 'internlm': {
      const first = config.ffn_gated ? '.gate_proj.weight' : '.up_proj.weight';
      const scaled = name.includes('self_attn.o_proj') || (name.includes('.mlp.') && name.endsWith(first));
      return scaled ? sigma / Math.sqrt(2 * layers) : sigma;
    }
    case 'pangu-pi-pro': {
      const depth = layers > 1 ? layer / (layers - 1) : 0;
      if (/self_attn\.[qk]_proj/.test(name)) return sigma * (Math.SQRT2 + (1 - Math.SQRT2) * depth);
      if (/self_attn\.[vo]_proj/.test(name)) return sigma * (Math.SQRT1_2 + (1 - Math.SQRT1_2) * depth);
      return sigma;
    }
    default:
      return initializer satisfies never;
  }
}

/** Index of the layer a matrix belongs to, the query layer last; null for tables and the head. */
function layerOf({ num_hidden_layers: layers }: ModelConfig, name: string): number | null {
  if (name.includes('position_embeddings')) return null;
  if (name.startsWith('model.query_layer.')) return layers - 1;
  const index = /^model\.layers\.(\d+)\./.exec(name)?.[1];
  return index === undefined ? null : Number(index);
}
