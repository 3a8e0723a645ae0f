/**
 * The graphs of a language model, all derived from one config: each is the same blocks with another end.
 *
 * | graph | rows | ends with |
 * |---|---|---|
 * | prompt | a bucket of T | the keys and values of every layer in the cache |
 * | token | 1 | the sampled next token, in the state that the next run reads |
 * | score | T | logits of every position |
 * | inspect | 1 | attention of every layer, and what each layer would have said |
 * | layers | T | the residual stream after every layer, and the queries and keys of its attention |
 */
import { attentionWeights } from '../gpu/kernels/attention-weights/attention-weights';
import type { AttentionWeightsAttributes } from '../gpu/kernels/attention-weights/shape';
import { sample } from '../gpu/kernels/sample/sample';
import { topTokens } from '../gpu/kernels/top-tokens/top-tokens';
import { type Graph, GraphBuilder } from '../graph/graph';
import type { Tensor } from '../graph/tensor';
import { cacheBlock, headAttributes, keyCache, maskAttributes } from './attention-block';
import { type ModelConfig, ordinaryLayers } from './config';
import { cacheQueryLayer } from './query-layer';
import { normalise, type Scope } from './scope';
import { block, embedding, head, layerName, normedHead, plainHead, stack } from './stack';

export interface PromptGraph {
  readonly graph: Graph;
  /** u32[T]. */
  readonly ids: Tensor;
  readonly cursor: Tensor;
}

export interface TokenGraph {
  readonly graph: Graph;
  /** u32[1]: read by the embedding, written by the sampler. */
  readonly token: Tensor;
  readonly cursor: Tensor;
  readonly settings: Tensor;
  /** u32[24], see `records.ts`. */
  readonly record: Tensor;
  readonly logits: Tensor;
}

export interface ScoreGraph {
  readonly graph: Graph;
  readonly ids: Tensor;
  readonly cursor: Tensor;
  /** `[T, V]`. */
  readonly logits: Tensor;
}

export interface InspectGraph {
  readonly graph: Graph;
  readonly token: Tensor;
  readonly cursor: Tensor;
  /** One a layer, the query layer last: softmax weights `[H, S]`. */
  readonly attention: readonly Tensor[];
  /** One a layer, the query layer last: u32[1, 24], the ten tokens it would have said. */
  readonly lens: readonly Tensor[];
}

/** What the attention weights of a layer follow from. */
export interface LayerHeads {
  /** `[T, N]`: the queries, not yet turned, stand from column `attributes.queryOffset` on. */
  readonly query: Tensor;
  /** The state `[S, G·D]` that holds the turned keys of the T rows first. */
  readonly keys: Tensor;
  readonly attributes: AttentionWeightsAttributes;
}

export interface LayersGraph {
  readonly graph: Graph;
  /** u32[T]. */
  readonly ids: Tensor;
  readonly cursor: Tensor;
  /** `[T, C]`: the residual stream behind the embedding, then behind each layer, the query layer last. */
  readonly residuals: readonly Tensor[];
  /** One a layer, the query layer last. */
  readonly heads: readonly LayerHeads[];
  /** u32[T], the expert of each token, one a layer that has experts. */
  readonly routes: readonly Tensor[];
}

/** Fills the cache with a prompt of up to `tokens` ids (a bucket: rows past the cursor's count are ignored). */
export function promptGraph(config: ModelConfig, tokens: number): PromptGraph {
  return promptIn(openScope(config, tokens));
}

export function promptIn(scope: Scope): PromptGraph {
  const { config, tokens } = scope;
  const ids = scope.builder.state(`prompt.${tokens}`, [tokens], 'u32');
  let x = embedding(scope, ids);
  const last = ordinaryLayers(config) - 1;
  for (let index = 0; index < last; index++) x = block(scope, index, x).x;
  if (config.query_layer) {
    if (last >= 0) x = block(scope, last, x).x;
    cacheQueryLayer(scope, normalise(scope, 'model.norm', x));
  } else {
    cacheBlock(scope, layerName(last), x);
  }
  return { graph: scope.builder.build(), ids, cursor: scope.cursor };
}

/** One decoded token: embedding, layers, head, sampling. */
export function tokenGraph(config: ModelConfig): TokenGraph {
  return tokenIn(openScope(config, 1));
}

export function tokenIn(scope: Scope): TokenGraph {
  const { builder, cursor } = scope;
  const token = builder.state('token', [1], 'u32');
  const settings = builder.state('sampling', [8], 'u32');
  const logits = builder.result(head(scope, stack(scope, embedding(scope, token)).x));
  const { record } = builder.add(sample, 'sample', { logits, settings, cursor, token }, {});
  return { graph: build(scope, record), token, cursor, settings, record, logits };
}

/** Logits of every position of `tokens` ids; for scoring text and for the parity tests. */
export function scoreGraph(config: ModelConfig, tokens: number): ScoreGraph {
  const scope = openScope(config, tokens);
  const ids = scope.builder.state(`score.${tokens}`, [tokens], 'u32');
  const logits = head(scope, stack(scope, embedding(scope, ids)).x);
  return { graph: build(scope, logits), ids, cursor: scope.cursor, logits };
}

/** Runs one token again over the cache and keeps what the page draws. */
export function inspectGraph(config: ModelConfig): InspectGraph {
  return inspectIn(openScope(config, 1));
}

export function inspectIn(scope: Scope): InspectGraph {
  const { builder, config, cursor } = scope;
  const token = builder.state('token', [1], 'u32');
  const { layers } = stack(scope, embedding(scope, token));
  const attention = layers.map(({ heads }, index) => {
    const { query } = heads.columns;
    const inputs = { query, keyCache: keyCache(scope, heads.prefix), cursor };
    const attributes = { ...headAttributes(config, heads.columns), ...maskAttributes(config) };
    return builder.result(builder.add(attentionWeights, `inspect.${index}.attention`, inputs, attributes).weights);
  });
  const lens = layers.map(({ x, normed }, index) => {
    const name = `inspect.${index}`;
    const logits = normed ? plainHead(scope, `${name}.head`, x) : normedHead(scope, `${name}.head`, x);
    return builder.result(builder.add(topTokens, `${name}.top`, { logits }, {}).records);
  });
  return { graph: builder.build(), token, cursor, attention, lens };
}

/** Runs `tokens` ids at once and keeps what flows between the layers. It writes the cache, as a prompt does. */
export function layersGraph(config: ModelConfig, tokens: number): LayersGraph {
  const routes: Tensor[] = [];
  const scope = { ...openScope(config, tokens), routes };
  const { builder, cursor } = scope;
  const ids = builder.state(`layers.${tokens}`, [tokens], 'u32');
  const embedded = embedding(scope, ids);
  const { layers } = stack(scope, embedded);
  const residuals = [embedded, ...layers.map(({ x }) => x)].map((x) => builder.result(x));
  const heads = layers.map(({ heads: { columns, prefix } }) => ({
    query: builder.result(columns.query),
    keys: keyCache(scope, prefix),
    attributes: { ...headAttributes(config, columns), ...maskAttributes(config) },
  }));
  return { graph: builder.build(), ids, cursor, residuals, heads, routes };
}

/** `tokens` rows over the cache of the whole context. */
export function openScope(config: ModelConfig, tokens: number): Scope {
  const builder = new GraphBuilder();
  const cursor = builder.state('cursor', [4], 'u32');
  return { builder, config, tokens, context: config.max_position_embeddings, cursor };
}

function build(scope: Scope, result: Tensor): Graph {
  scope.builder.result(result);
  return scope.builder.build();
}
