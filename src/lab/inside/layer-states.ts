/**
 * What flows through a model over a text: the residual stream behind every layer, and the attention weights of every layer.
 *
 * One run of T tokens at once gives the streams, the queries and the keys; the weights are worked out here in float64, as
 * the twin of `attentionWeights` does it, because a kernel for all rows would be used for nothing else.
 */
import { visibleKeys } from '../../gpu/kernels/attention/heads';
import { keyWeights } from '../../gpu/kernels/attention/twin';
import { rotateHead } from '../../gpu/kernels/rope-cache/rotate';
import { axis } from '../../graph/tensor';
import type { ModelConfig } from '../../model/config';
import { type LayerHeads, layersGraph } from '../../model/graphs';
import type { LayerAttention } from './attention-entropy';
import type { RunGraph } from './run-graph';

/** Longest text: the weights are `[T, H, T]` a layer, and what reads them takes T³. */
export const mostTokens = 512;

export interface LayerStates {
  readonly ids: readonly number[];
  /** C. */
  readonly width: number;
  /** `[T, C]`: behind the embedding, then behind each layer, the query layer last. */
  readonly residuals: readonly Float32Array[];
  /** One a layer, so one less than residuals. */
  readonly attention: readonly LayerAttention[];
}

/**
 * Reads `ids` with the model that `run` holds the weights of. In a prefix model the first `prefixLength` ids (default: all,
 * as a runtime's prompt) see each other in both directions. Throws RangeError when there are too many or none.
 */
export async function readLayers(
  config: ModelConfig,
  ids: readonly number[],
  run: RunGraph,
  prefixLength = ids.length,
): Promise<LayerStates> {
  const tokens = ids.length;
  const most = Math.min(config.max_position_embeddings, mostTokens);
  if (tokens < 1 || tokens > most) throw new RangeError(`A text of ${tokens} tokens: give 1 to ${most}.`);
  const prefix = config.attention_mask === 'prefix' ? prefixLength : 0;
  const { graph, ids: idState, cursor, residuals, heads } = layersGraph(config, tokens);
  const outputs = await run(
    graph,
    [
      [idState, Uint32Array.from(ids)],
      [cursor, Uint32Array.of(0, tokens, prefix, 0)],
    ],
    [...residuals, ...heads.map(({ query }) => query), ...heads.map(({ keys }) => keys)],
  );
  const queries = outputs.slice(residuals.length);
  const keys = queries.slice(heads.length);
  return {
    ids,
    width: config.hidden_size,
    residuals: outputs.slice(0, residuals.length),
    attention: heads.map((layer, index) =>
      attentionOf(layer, queries[index] as Float32Array, keys[index] as Float32Array, tokens, prefix),
    ),
  };
}

function attentionOf(
  { query, attributes }: LayerHeads,
  queries: Float32Array,
  keys: Float32Array,
  tokens: number,
  prefixLength: number,
): LayerAttention {
  const { heads, groups, headSize: D, queryOffset } = attributes;
  const stride = axis(query, -1);
  const weights = new Float32Array(tokens * heads * tokens);
  const turned = new Float64Array(D);
  const ranges = Array.from({ length: tokens }, (_, t) => visibleKeys(attributes, t, prefixLength, tokens));
  ranges.forEach(({ first, end }, t) => {
    for (let h = 0; h < heads; h++) {
      rotateHead(queries, t * stride + queryOffset + h * D, turned, 0, t, attributes);
      const column = Math.floor((h * groups) / heads) * D;
      const row = keyWeights(turned, 0, keys, column, groups * D, D, first, end);
      weights.set(row, (t * heads + h) * tokens + first);
    }
  });
  return { weights, heads, seen: ranges.map(({ first, end }) => end - first) };
}
