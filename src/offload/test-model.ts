/** A tiny random model with experts, and the numbers of a machine, for the tests of this folder and of what stands on it. */
import { encodeHalf } from '../graph/float16';
import { fnv1a } from '../graph/hash';
import { normals } from '../graph/normals';
import { elements } from '../graph/tensor';
import type { StoredWeight, Weights } from '../graph/weights';
import { completeConfig, type ModelConfig } from '../model/config';
import { tensorTable } from '../model/names';
import type { MeasuredMachine } from './measured-machine';

export const tinyConfig: ModelConfig = completeConfig(
  {
    vocab_size: 41,
    hidden_size: 16,
    num_hidden_layers: 3,
    num_attention_heads: 2,
    intermediate_size: 12,
    max_position_embeddings: 64,
    num_experts: 5,
  },
  'test',
);

/** Wide enough that experts differ and texts do not repeat one token. */
export function randomWeights(config: ModelConfig, half = false): Weights {
  return new Map(
    tensorTable(config).map(({ name, shape }): [string, StoredWeight] => {
      const values = normals(elements(shape), [11, fnv1a(name) >>> 0], 0.5);
      const isMatrix = shape.length === 2 && !name.includes('.gate.') && !name.includes('series');
      return [name, half && isMatrix ? { half: encodeHalf(values) } : { values }];
    }),
  );
}

export const testMachine: MeasuredMachine = {
  backend: 'cpu',
  adapter: 'test',
  bytesPerExpert: 3 * 16 * 12 * 4,
  computeTimes: [
    { rows: 1, milliseconds: 0.5 },
    { rows: 16, milliseconds: 4 },
  ],
  restingTimes: [
    { rows: 1, milliseconds: 0.75 },
    { rows: 16, milliseconds: 4.5 },
  ],
  latency: 0.25,
  timestamps: null,
  loadTime: 1,
  diskTime: 1.5,
  readOverlap: 1,
  overlap: 1,
};
