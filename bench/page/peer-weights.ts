/** The same weights as the peers like them: matrices `[in, out]`, and q, k and v as one matrix, as nanoGPT has them. */
import { floatsOf, type Weights, weightNamed } from '../../src/graph/weights';
import { shape } from './train-case';

export interface PeerWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
  /** Whether weight decay applies. */
  readonly decays: boolean;
}

/** `embedding`, `positions`, `<layer>.norm1.gain`, `.norm1.shift`, `.qkv`, `.out`, `.norm2.…`, `.up`, `.down`, `norm.…`, `head`. */
export function peerWeights(weights: Weights): PeerWeight[] {
  const { C, F, L, T, V } = shape;
  const values = (name: string) => floatsOf(weightNamed(weights, name));
  const table = (name: string, source: string, rows: number): PeerWeight => ({
    name,
    shape: [rows, C],
    values: values(source),
    decays: true,
  });
  const matrix = (name: string, sources: readonly string[], inputs: number, outputs: number): PeerWeight => ({
    name,
    shape: [inputs, outputs],
    values: transposed(sources.map(values), inputs, outputs),
    decays: true,
  });
  const norm = (name: string, source: string): PeerWeight[] => [
    { name: `${name}.gain`, shape: [C], values: values(`${source}.weight`), decays: false },
    { name: `${name}.shift`, shape: [C], values: values(`${source}.bias`), decays: false },
  ];
  const layer = (index: number): PeerWeight[] => {
    const source = `model.layers.${index}`;
    const qkv = ['q', 'k', 'v'].map((part) => `${source}.self_attn.${part}_proj.weight`);
    return [
      ...norm(`${index}.norm1`, `${source}.input_layernorm`),
      matrix(`${index}.qkv`, qkv, C, 3 * C),
      matrix(`${index}.out`, [`${source}.self_attn.o_proj.weight`], C, C),
      ...norm(`${index}.norm2`, `${source}.post_attention_layernorm`),
      matrix(`${index}.up`, [`${source}.mlp.up_proj.weight`], C, F),
      matrix(`${index}.down`, [`${source}.mlp.down_proj.weight`], F, C),
    ];
  };
  return [
    table('embedding', 'model.embed_tokens.weight', V),
    table('positions', 'model.position_embeddings.weight', T),
    ...Array.from({ length: L }, (_, index) => layer(index)).flat(),
    ...norm('norm', 'model.norm'),
    matrix('head', ['lm_head.weight'], C, V),
  ];
}

/** Matrices `[out, in]` below each other, as one `[in, out]`. */
function transposed(parts: readonly Float32Array[], inputs: number, outputs: number): Float32Array {
  const result = new Float32Array(inputs * outputs);
  const stored = parts.flatMap((part) => Array.from(part));
  for (let row = 0; row < outputs; row++) {
    for (let column = 0; column < inputs; column++) {
      result[column * outputs + row] = stored[row * inputs + column] ?? Number.NaN;
    }
  }
  return result;
}
