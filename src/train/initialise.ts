/**
 * Fresh weights by the rule that the config names (docs/checkpoint-format.md, Initialisation), in f32.
 *
 * Every tensor draws from a stream of its own, named by the seed and its name, so the same tensor of two models starts
 * alike whatever else differs. The same seed gives the same bits on every machine.
 */
import { log } from '../graph/exact-math';
import { fnv1a } from '../graph/hash';
import { threefry2x32, uniform24 } from '../graph/random';
import { elements } from '../graph/tensor';
import type { Weights } from '../graph/weights';
import type { ModelConfig } from '../model/config';
import { type TensorRow, tensorTable } from '../model/names';

export function initialWeights(config: ModelConfig, seed: number): Weights {
  return new Map(tensorTable(config).map((row) => [row.name, { values: valuesOf(config, row, seed) }]));
}

function valuesOf(config: ModelConfig, row: TensorRow, seed: number): Float32Array {
  const count = elements(row.shape);
  if (row.matrix) return normals(count, [seed, fnv1a(row.name) >>> 0], deviation(config, row.name));
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
      const first = config.ffn_gated ? 'mlp.gate_proj' : 'mlp.up_proj';
      const scaled = name.includes('self_attn.o_proj') || name.includes(first);
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

/** N(0, deviation²) by the polar method: pairs of points in a square, those outside the circle drawn again. */
function normals(count: number, key: readonly [number, number], deviation: number): Float32Array {
  const values = new Float32Array(count);
  for (let index = 0; index < count; index += 2) {
    for (let attempt = 0; ; attempt++) {
      const [a, b] = threefry2x32(key, [index, attempt]);
      const x = 2 * uniform24(a) - 1;
      const y = 2 * uniform24(b) - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = deviation * Math.sqrt((-2 * log(square)) / square);
      values[index] = x * factor;
      if (index + 1 < count) values[index + 1] = y * factor;
      break;
    }
  }
  return values;
}
