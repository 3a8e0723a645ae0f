/**
 * Names and shapes of a model's weights: docs/checkpoint-format.md as a function of the config.
 *
 * Matrices are `[out, in]`, row major. Letters: C width, H query heads, G KV heads, D head size, F FFN width,
 * V vocabulary, R shortcut bottleneck, n series branches, P positions, E experts.
 */
import { elements } from '../graph/tensor';
import { hasExperts, headSize, kvHeads, type ModelConfig, ordinaryLayers } from './config';

export interface TensorRow {
  readonly name: string;
  readonly shape: readonly number[];
  /** Whether it may be stored in 16 bits on the device: a matrix or an embedding table. Norms, biases and series stay f32. */
  readonly matrix: boolean;
}

/** Every tensor of the checkpoint, in the order of the layers. */
export function tensorTable(config: ModelConfig): readonly TensorRow[] {
  const { hidden_size: C, vocab_size: V, max_position_embeddings: P } = config;
  const learned = config.position_embedding === 'learned';
  const layers = Array.from({ length: ordinaryLayers(config) }, (_, layer) =>
    layerRows(config, `model.layers.${layer}`, {
      shortcut: config.shortcut_size > 0,
      sandwich: config.norm_placement === 'sandwich',
      experts: hasExperts(config),
    }),
  );
  return [
    matrix('model.embed_tokens', V, C),
    ...(learned ? [matrix('model.position_embeddings', P, C)] : []),
    ...layers.flat(),
    ...normRows(config, 'model.norm'),
    ...(config.query_layer ? queryLayerRows(config) : []),
    ...(config.tie_word_embeddings ? [] : [matrix('lm_head', V, C)]),
  ];
}

/** Numbers in all weights; a tied head counts once. */
export function parameterCount(config: ModelConfig): number {
  return tensorTable(config).reduce((sum, row) => sum + elements(row.shape), 0);
}

/** The tensors that one token meets: of the experts of a layer the one it is sent to, which stands here as the first. */
export function tensorsOfToken(config: ModelConfig): readonly TensorRow[] {
  return tensorTable(config).filter(({ name }) => (expertOf(name) ?? 0) === 0);
}

/** Numbers in the weights that one token meets: all of them unless there are experts. */
export function activeParameterCount(config: ModelConfig): number {
  return tensorsOfToken(config).reduce((sum, row) => sum + elements(row.shape), 0);
}

/** The expert that a tensor belongs to; null for what all tokens meet. */
export function expertOf(name: string): number | null {
  const index = /\.mlp\.experts\.(\d+)\./.exec(name)?.[1];
  return index === undefined ? null : Number(index);
}

/** What the names of a layer's gate and of its expert `index` begin with. */
export const gateName = (prefix: string) => `${prefix}.mlp.gate`;
export const expertName = (prefix: string, index: number) => `${prefix}.mlp.experts.${index}`;

export function isGate(name: string): boolean {
  return name.endsWith('.mlp.gate.weight');
}

/** Whether the tensor is CPM-2's gate: random rows that are never trained. */
export function isFrozenGate(config: ModelConfig, name: string): boolean {
  return config.expert_gate === 'cpm-2' && isGate(name);
}

function queryLayerRows(config: ModelConfig): TensorRow[] {
  const prefix = 'model.query_layer';
  return [
    matrix(`${prefix}.position_embeddings`, config.max_position_embeddings, config.hidden_size),
    ...layerRows(config, prefix, { shortcut: false, sandwich: false, experts: false }),
  ];
}

function layerRows(
  config: ModelConfig,
  prefix: string,
  { shortcut, sandwich, experts }: Record<'shortcut' | 'sandwich' | 'experts', boolean>,
): TensorRow[] {
  const { hidden_size: C, intermediate_size: F, shortcut_size: R, series_branches: n } = config;
  const HD = config.num_attention_heads * headSize(config);
  const GD = kvHeads(config) * headSize(config);
  const attention = `${prefix}.self_attn`;
  const mlp = `${prefix}.mlp`;
  return [
    ...normRows(config, `${prefix}.input_layernorm`),
    ...linearRows(`${attention}.q_proj`, HD, C, config.attention_bias),
    ...linearRows(`${attention}.k_proj`, GD, C, config.attention_bias),
    ...linearRows(`${attention}.v_proj`, GD, C, config.attention_bias),
    ...linearRows(`${attention}.o_proj`, C, HD, config.attention_bias),
    ...(shortcut
      ? [matrix(`${attention}.shortcut.down_proj`, R, C), matrix(`${attention}.shortcut.up_proj`, C, R)]
      : []),
    ...(sandwich ? normRows(config, `${attention}.output_norm`) : []),
    ...normRows(config, `${prefix}.post_attention_layernorm`),
    ...(experts ? expertRows(config, prefix) : ffnRows(config, mlp)),
    ...(n > 1 ? [vector(`${mlp}.series.scale`, n, F), vector(`${mlp}.series.bias`, n, F)] : []),
    ...(sandwich ? normRows(config, `${mlp}.output_norm`) : []),
  ];
}

/** The gate stays f32: it only compares, and what 16 bits leave of two scores that are close may send a token elsewhere. */
function expertRows(config: ModelConfig, prefix: string): TensorRow[] {
  const { num_experts: E, hidden_size: C } = config;
  const experts = Array.from({ length: E }, (_, index) => ffnRows(config, expertName(prefix, index)));
  return [vector(`${gateName(prefix)}.weight`, E, C), ...experts.flat()];
}

function ffnRows(config: ModelConfig, name: string): TensorRow[] {
  const { hidden_size: C, intermediate_size: F, mlp_bias: bias } = config;
  return [
    ...(config.ffn_gated ? linearRows(`${name}.gate_proj`, F, C, bias) : []),
    ...linearRows(`${name}.up_proj`, F, C, bias),
    ...linearRows(`${name}.down_proj`, C, F, bias),
  ];
}

function linearRows(name: string, rows: number, columns: number, bias: boolean): TensorRow[] {
  return [matrix(name, rows, columns), ...(bias ? [vector(`${name}.bias`, rows)] : [])];
}

function normRows(config: ModelConfig, name: string): TensorRow[] {
  const C = config.hidden_size;
  return [vector(`${name}.weight`, C), ...(config.norm === 'layer' ? [vector(`${name}.bias`, C)] : [])];
}

function matrix(name: string, rows: number, columns: number): TensorRow {
  return { name: `${name}.weight`, shape: [rows, columns], matrix: true };
}

function vector(name: string, ...shape: number[]): TensorRow {
  return { name, shape, matrix: false };
}
