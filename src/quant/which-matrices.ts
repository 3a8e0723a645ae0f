/**
 * Which tensors of a checkpoint are quantised: kinds of matrices, and the layers they are taken from.
 *
 * GLM-130B quantises four kinds and leaves embedding, head, norms and biases alone. PanGu-π's shortcut adds two small matrices to attention:
 * the first lies under q, k and v in memory and goes with them; the second is a kind of its own, which `glm` leaves out.
 * Experts stay as they are, whatever is selected: no kernel reads their matrices as integers.
 */
import type { ModelConfig } from '../model/config';
import { type TensorRow, tensorTable } from '../model/names';

/** The names of each kind. */
const kinds = {
  'attention-in': /\.(q_proj|k_proj|v_proj|shortcut\.down_proj)\.weight$/,
  'attention-out': /\.o_proj\.weight$/,
  'ffn-in': /\.mlp\.(gate_proj|up_proj)\.weight$/,
  'ffn-out': /\.mlp\.down_proj\.weight$/,
  'shortcut-out': /\.shortcut\.up_proj\.weight$/,
  /** With the head where that is tied to it. */
  embedding: /^model\.embed_tokens\.weight$/,
  head: /^lm_head\.weight$/,
} as const satisfies Record<string, RegExp>;

export type MatrixKind = keyof typeof kinds;

export const matrixKinds = Object.keys(kinds) as MatrixKind[];

/** Selections that have a name. */
export const selections = {
  glm: ['attention-in', 'attention-out', 'ffn-in', 'ffn-out'],
  all: matrixKinds,
} as const satisfies Record<string, readonly MatrixKind[]>;

export type SelectionId = keyof typeof selections;

export interface Selection {
  readonly kinds: readonly MatrixKind[];
  /** Only these layers (`layerOf`); all unless given. Embedding and head belong to none. */
  readonly layers?: readonly string[];
}

/** Undefined for a tensor that is never quantised. */
export function kindOf(name: string): MatrixKind | undefined {
  return matrixKinds.find((kind) => kinds[kind].test(name));
}

/** `0`, `1`, … or `query` for the query layer; null for a tensor outside the layers. */
export function layerOf(name: string): string | null {
  return name.match(/^model\.layers\.(\d+)\./)?.[1] ?? (name.startsWith('model.query_layer.') ? 'query' : null);
}

/** Layers that have matrices to quantise, from the bottom to the top. */
export function layersOf(config: ModelConfig): string[] {
  const layers = tensorTable(config).map(({ name }) => layerOf(name));
  return [...new Set(layers.filter((layer) => layer !== null))];
}

/** The kinds that a model has. */
export function kindsOf(config: ModelConfig): MatrixKind[] {
  const names = tensorTable(config).map(({ name }) => name);
  return matrixKinds.filter((kind) => names.some((name) => kindOf(name) === kind));
}

/** Tensors of the checkpoint that a selection names, in the order of the layers. */
export function selectedMatrices(config: ModelConfig, { kinds: wanted, layers }: Selection): TensorRow[] {
  return tensorTable(config).filter(({ name }) => {
    const kind = kindOf(name);
    const layer = layerOf(name);
    return kind && wanted.includes(kind) && (!layers || (layer !== null && layers.includes(layer)));
  });
}
