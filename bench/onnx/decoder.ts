/**
 * One decoded token of a PanGu-π (or LLaMA) checkpoint as an ONNX model with a KV cache, in f32.
 *
 * It uses onnxruntime's fused operators wherever they compute the right thing, because that is what a user who wants
 * speed would export: GroupQueryAttention (rotary embedding, cache and softmax in one), SkipSimplifiedLayerNormalization
 * (residual and RMSNorm in one), FastGelu. The arg max is part of the model, so that one id comes back and not V logits.
 *
 * Inputs: `token` i64[1, 1], `seqlens_k` i32[1] (tokens in the cache before this one), `total_sequence_length` i32[1] (one
 * more than that), `past.{i}.key|value` [1, G, P, D].
 * Outputs: `next` i64[1, 1], `logits` [1, 1, V], `present.{i}.key|value`. With P = the context and the same buffer on both
 * sides the cache is written in place; with P = the tokens so far it grows by one.
 * Letters: C width, H query heads, G KV heads, D head size, F FFN width, V vocabulary, n series branches.
 */
import { floatsOf, type Weights, weightNamed } from '../../src/graph/weights';
import { headSize, kvHeads, type ModelConfig } from '../../src/model/config';
import { OnnxGraph } from './onnx-graph';

/** Throws a sentence when the config has a switch that this exporter does not know. */
export function decoderGraph(config: ModelConfig, weights: Weights): OnnxGraph {
  checkSupported(config);
  return new DecoderExport(config, weights).build();
}

/** Names of the cache's inputs and outputs, two a layer. */
export function cacheNames(config: ModelConfig): readonly { readonly past: string; readonly present: string }[] {
  return Array.from({ length: config.num_hidden_layers }, (_, index) =>
    ['key', 'value'].map((kind) => ({ past: `past.${index}.${kind}`, present: `present.${index}.${kind}` })),
  ).flat();
}

const required = {
  hidden_act: 'silu',
  ffn_gated: true,
  attention_mask: 'causal',
  position_embedding: 'rope',
  norm: 'rms',
  norm_placement: 'pre',
  query_layer: false,
  attention_bias: false,
  mlp_bias: false,
} as const satisfies Partial<ModelConfig>;

function checkSupported(config: ModelConfig): void {
  for (const [key, value] of Object.entries(required)) {
    const given = config[key as keyof typeof required];
    if (given === value) continue;
    throw new Error(`${key} is ${given}: the ONNX exporter knows ${value} alone. Choose a model that has it.`);
  }
}

class DecoderExport {
  readonly #graph = new OnnxGraph();

  constructor(
    private readonly config: ModelConfig,
    private readonly weights: Weights,
  ) {}

  build(): OnnxGraph {
    const graph = this.#graph;
    const { hidden_size: C, vocab_size: V, num_hidden_layers: L } = this.config;
    const token = graph.input('token', 'int64', [1, 1]);
    const table = graph.constant('embedding', [V, C], this.#weight('model.embed_tokens.weight'));
    let residual = graph.add('Gather', [table, token], 'embedded', { axis: { int: 0 } });
    this.#rotaryTables();
    graph.input('seqlens_k', 'int32', [1]);
    graph.input('total_sequence_length', 'int32', [1]);
    // The sub-layer's output that the next norm still has to add to the residual.
    let pending: string | null = null;
    for (let index = 0; index < L; index++) {
      const layer = `model.layers.${index}`;
      const attended = this.#norm(`${layer}.input_layernorm`, residual, pending);
      pending = this.#attention(layer, index, attended.normed);
      const mixed = this.#norm(`${layer}.post_attention_layernorm`, attended.residual, pending);
      pending = this.#ffn(layer, mixed.normed);
      residual = mixed.residual;
    }
    const { normed } = this.#norm('model.norm', residual, pending);
    const head = this.config.tie_word_embeddings ? 'model.embed_tokens' : 'lm_head';
    graph.add('MatMul', [normed, this.#transposed('head', [`${head}.weight`], C)], 'logits');
    graph.add('ArgMax', ['logits'], 'next', { axis: { int: -1 }, keepdims: { int: 0 } });
    graph.output('next', 'int64', [1, 1]);
    graph.output('logits', 'float32', [1, 1, V]);
    return graph;
  }

  /** RMSNorm of `residual + pending`; hands back that sum as well. */
  #norm(name: string, residual: string, pending: string | null): { normed: string; residual: string } {
    const C = this.config.hidden_size;
    const weight = this.#graph.constant(`${name}.weight`, [C], this.#weight(`${name}.weight`));
    const epsilon = { float: this.config.rms_norm_eps };
    const normed = `${name}.normed`;
    if (pending === null) {
      const attributes = { axis: { int: -1 }, epsilon, stash_type: { int: 1 } };
      return {
        normed: this.#graph.add('SimplifiedLayerNormalization', [residual, weight], normed, attributes),
        residual,
      };
    }
    const sum = `${name}.residual`;
    const inputs = [residual, pending, weight];
    this.#graph.addMicrosoft('SkipSimplifiedLayerNormalization', inputs, [normed, '', '', sum], { epsilon });
    return { normed, residual: sum };
  }

  /** Attention over the cache plus the augmented shortcut, both of the normed input `h`. */
  #attention(layer: string, index: number, h: string): string {
    const graph = this.#graph;
    const { hidden_size: C, num_attention_heads: H, shortcut_size: R, sliding_window } = this.config;
    const G = kvHeads(this.config);
    const D = headSize(this.config);
    const name = `${layer}.self_attn`;
    const projections = ['q_proj', 'k_proj', 'v_proj'].map((part) => `${name}.${part}.weight`);
    const qkv = graph.add('MatMul', [h, this.#transposed(`${name}.qkv`, projections, C)], `${name}.qkv.out`);
    const kinds = ['key', 'value'];
    const past = kinds.map((kind) => graph.input(`past.${index}.${kind}`, 'float32', [1, G, 'past', D]));
    const present = kinds.map((kind) => `present.${index}.${kind}`);
    graph.addMicrosoft(
      'GroupQueryAttention',
      [qkv, '', '', ...past, 'seqlens_k', 'total_sequence_length', 'cosine', 'sine'],
      [`${name}.heads`, ...present],
      {
        num_heads: { int: H },
        kv_num_heads: { int: G },
        do_rotary: { int: 1 },
        rotary_interleaved: { int: 0 },
        local_window_size: { int: sliding_window ?? -1 },
      },
    );
    for (const cache of present) graph.output(cache, 'float32', [1, G, 'present', D]);
    const output = this.#project(`${name}.o_proj`, `${name}.heads`, H * D);
    if (R === 0) return output;
    const down = this.#project(`${name}.shortcut.down_proj`, h, C);
    graph.addMicrosoft('FastGelu', [down], [`${name}.shortcut.bent`]);
    const up = this.#project(`${name}.shortcut.up_proj`, `${name}.shortcut.bent`, R);
    return graph.add('Add', [output, up], `${name}.out`);
  }

  #ffn(layer: string, h: string): string {
    const { hidden_size: C, intermediate_size: F } = this.config;
    const name = `${layer}.mlp`;
    const gate = this.#series(name, this.#project(`${name}.gate_proj`, h, C));
    const up = this.#project(`${name}.up_proj`, h, C);
    return this.#project(`${name}.down_proj`, this.#graph.add('Mul', [gate, up], `${name}.gated`), F);
  }

  /**
   * `Σ act(scaleᵢ ⊙ z + biasᵢ)`: the one row `z` [1, 1, F] is spread over the branches by broadcasting, then the branches
   * are added up one by one. ReduceSum would transpose first and then wait at barriers.
   */
  #series(name: string, z: string): string {
    const graph = this.#graph;
    const { intermediate_size: F, series_branches: n } = this.config;
    if (n === 1) return this.#silu(z, `${name}.activated`);
    const scale = graph.constant(`${name}.series.scale`, [n, F], this.#weight(`${name}.series.scale`));
    const bias = graph.constant(`${name}.series.bias`, [n, F], this.#weight(`${name}.series.bias`));
    const shifted = graph.add('Add', [graph.add('Mul', [z, scale], `${name}.scaled`), bias], `${name}.shifted`);
    const activated = this.#silu(shifted, `${name}.activated`);
    const branches = Array.from({ length: n }, (_, index) => `${name}.branch.${index}`);
    graph.nodes.push({
      operator: 'Split',
      domain: '',
      inputs: [activated],
      outputs: branches,
      attributes: { axis: { int: 1 }, num_outputs: { int: n } },
    });
    return branches.reduce((sum, branch, index) => graph.add('Add', [sum, branch], `${name}.sum.${index}`));
  }

  /** QuickGelu with α = 1 is `z · sigmoid(z)`. */
  #silu(z: string, output: string): string {
    this.#graph.addMicrosoft('QuickGelu', [z], [output], { alpha: { float: 1 } });
    return output;
  }

  #project(name: string, x: string, inputs: number): string {
    return this.#graph.add('MatMul', [x, this.#transposed(name, [`${name}.weight`], inputs)], `${name}.out`);
  }

  /** Matrices `[out, in]` stacked along `out`, as the `[in, out]` that MatMul wants. */
  #transposed(name: string, parts: readonly string[], inputs: number): string {
    const rows = parts.map((part) => this.#weight(part));
    const outputs = rows.reduce((sum, part) => sum + part.length, 0) / inputs;
    const all = new Float32Array(inputs * outputs);
    let column = 0;
    for (const part of rows) {
      for (let start = 0; start < part.length; start += inputs, column++) {
        for (let row = 0; row < inputs; row++) all[row * outputs + column] = part[start + row] ?? Number.NaN;
      }
    }
    return this.#graph.constant(`${name}.transposed`, [inputs, outputs], all);
  }

  /** `cos` and `sin` of `position · θ^(−2j/D)`, [context, D/2] each. */
  #rotaryTables(): void {
    const half = headSize(this.config) / 2;
    const { max_position_embeddings: context, rope_theta: theta } = this.config;
    const angles = Float64Array.from({ length: context * half }, (_, i) => {
      const position = Math.floor(i / half);
      return position * theta ** (-(i % half) / half);
    });
    this.#graph.constant('cosine', [context, half], Float32Array.from(angles, Math.cos));
    this.#graph.constant('sine', [context, half], Float32Array.from(angles, Math.sin));
  }

  #weight(name: string): Float32Array {
    return floatsOf(weightNamed(this.weights, name));
  }
}
