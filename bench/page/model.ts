/** The model to measure: a folder the benchmark's server offers, or random weights of a fixed shape. */
import { decodeHalf, encodeHalf } from '../../src/graph/float16';
import { elements } from '../../src/graph/tensor';
import type { Weights } from '../../src/graph/weights';
import { readStoredCheckpoint } from '../../src/model/checkpoint';
import { completeConfig, type ModelConfig } from '../../src/model/config';
import { parseConfig } from '../../src/model/config-file';
import { type TensorRow, tensorTable } from '../../src/model/names';

export interface Model {
  readonly config: ModelConfig;
  readonly weights: Weights;
}

export async function fetchModel(): Promise<Model> {
  const [configFile, weightFile] = await Promise.all(['config.json', 'model.safetensors'].map(fetchFile));
  const config = parseConfig(JSON.parse(new TextDecoder().decode(configFile)), 'config.json');
  return { config, weights: readStoredCheckpoint(config, weightFile as ArrayBuffer, 'model.safetensors') };
}

async function fetchFile(name: string): Promise<ArrayBuffer> {
  const response = await fetch(`model/${name}`);
  if (!response.ok) throw new Error(`${name} could not be fetched: the server answered ${response.status}.`);
  return response.arrayBuffer();
}

/** A PanGu-π of 6 layers. Matrices hold numbers that f16 holds exactly, so that both precisions are the same model. */
export function randomModel(): Model {
  const config = completeConfig(
    {
      hidden_size: 192,
      num_hidden_layers: 6,
      num_attention_heads: 6,
      intermediate_size: 512,
      vocab_size: 2048,
      max_position_embeddings: 512,
      tie_word_embeddings: true,
      shortcut_size: 8,
      series_branches: 2,
      bos_token_id: 1,
      eos_token_id: 2,
    },
    'the random model',
  );
  return { config, weights: randomWeights(config) };
}

/** Always the same for the same config. */
export function randomWeights(config: ModelConfig): Weights {
  const random = uniform(20261121);
  return new Map(tensorTable(config).map((row) => [row.name, { values: randomTensor(row, random) }]));
}

/** Norms and series scales lie around 1, everything else around 0 and large enough that no branch is silent. */
function randomTensor({ name, shape, matrix }: TensorRow, random: () => number): Float32Array {
  const center = name.endsWith('norm.weight') || name.endsWith('series.scale') ? 1 : 0;
  const spread = matrix ? Math.sqrt(3 / (shape.at(-1) ?? 1)) : 0.3;
  const values = Float32Array.from({ length: elements(shape) }, () => center + spread * (2 * random() - 1));
  return matrix ? decodeHalf(encodeHalf(values)) : values;
}

/** Numbers in [0, 1) from a seed other than 0: Marsaglia's xorshift of 32 bits (Journal of Statistical Software 8, 2003). */
export function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
