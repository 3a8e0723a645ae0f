/**
 * The graphs of a language model, all derived from one config: each is the same blocks with another end.
 *
 * | graph | rows | ends with |
 * |---|---|---|
 * | prompt | a bucket of T | the keys and values of every layer in the cache |
 * | token | 1 | the sampled next token, in the state that the next run reads |
 * | score | T | logits of every position |
 * | inspect | 1 | attention of every layer, and what each layer would have said |
 */
import { attentionWeights } from '../gpu/kernels/attention-weights/attention-weights';
import { embed } from '../gpu/kernels/embed/embed';
import { linear } from '../gpu/kernels/linear/linear';
import { sample } from '../gpu/kernels/sample/sample';
import { topTokens } from '../gpu/kernels/top-tokens/top-tokens';
import { type Graph, GraphBuilder } from '../graph/graph';
import type { Part, Tensor } from '../graph/tensor';
import { attentionBlock, cacheBlock, type Heads, headAttributes, maskAttributes } from './attention-block';
import type { ModelConfig } from './config';
import { ffnBlock } from './ffn-block';
import { cacheQueryLayer, queryLayer } from './query-layer';
import { normalise, normedProjection, type Scope } from './scope';

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

/** Fills the cache with a prompt of up to `tokens` ids (a bucket: rows past the cursor's count are ignored). */
export function promptGraph(config: ModelConfig, tokens: number): PromptGraph {
  const scope = openScope(config, tokens);
  const ids = scope.builder.state(`prompt.${tokens}`, [tokens], 'u32');
  let x = embedding(scope, ids);
  const last = blockCount(config) - 1;
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
  const scope = openScope(config, 1);
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
  const scope = openScope(config, 1);
  const { builder, cursor } = scope;
  const token = builder.state('token', [1], 'u32');
  const { layers } = stack(scope, embedding(scope, token));
  const attention = layers.map(({ heads }, index) => {
    const { query } = heads.columns;
    const inputs = { query, keyCache: heads.keyCache, cursor };
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

interface LayerOutput {
  readonly x: Tensor;
  readonly heads: Heads;
  /** `x` already went through `model.norm`. */
  readonly normed: boolean;
}

function openScope(config: ModelConfig, tokens: number): Scope {
  const builder = new GraphBuilder();
  const cursor = builder.state('cursor', [4], 'u32');
  return { builder, config, tokens, context: config.max_position_embeddings, cursor };
}

function build(scope: Scope, result: Tensor): Graph {
  scope.builder.result(result);
  return scope.builder.build();
}

function layerName(index: number): string {
  return `model.layers.${index}`;
}

/** Ordinary layers below the query layer, if there is one. */
function blockCount(config: ModelConfig): number {
  return config.num_hidden_layers - (config.query_layer ? 1 : 0);
}

function embedding(scope: Scope, ids: Tensor): Tensor {
  const { builder, config, cursor, tokens } = scope;
  const positions =
    config.position_embedding === 'learned'
      ? builder.matrix('model.position_embeddings.weight', [config.max_position_embeddings, config.hidden_size])
      : undefined;
  return builder.add(embed, 'model.embed_tokens', { ids, table: table(scope), positions, cursor }, { tokens }).out;
}

function table({ builder, config }: Scope): Tensor {
  return builder.matrix('model.embed_tokens.weight', [config.vocab_size, config.hidden_size]);
}

function block(scope: Scope, index: number, x: Tensor): { x: Tensor; heads: Heads } {
  const attended = attentionBlock(scope, layerName(index), x);
  return { x: ffnBlock(scope, layerName(index), attended.x), heads: attended.heads };
}

/** All layers; the result `x` is normed when a query layer stands on top. */
function stack(scope: Scope, embedded: Tensor): { x: Tensor; layers: LayerOutput[] } {
  const layers: LayerOutput[] = [];
  let x = embedded;
  for (let index = 0; index < blockCount(scope.config); index++) {
    const output = block(scope, index, x);
    layers.push({ ...output, normed: false });
    x = output.x;
  }
  if (!scope.config.query_layer) return { x, layers };
  const top = queryLayer(scope, normalise(scope, 'model.norm', x));
  layers.push({ ...top, normed: true });
  return { x: top.x, layers };
}

function head(scope: Scope, x: Tensor): Tensor {
  return scope.config.query_layer ? plainHead(scope, 'head', x) : normedHead(scope, 'head', x);
}

function normedHead(scope: Scope, name: string, x: Tensor): Tensor {
  return normedProjection(scope, name, x, 'model.norm', [headPart(scope.config)], undefined).y;
}

function plainHead(scope: Scope, name: string, x: Tensor): Tensor {
  const weight = scope.builder.stack([headPart(scope.config)]);
  return scope.builder.add(linear, name, { x, weight }, { residualScale: 0, x2Offset: 0, keepNormed: false }).y;
}

function headPart(config: ModelConfig): Part {
  return {
    name: config.tie_word_embeddings ? 'model.embed_tokens.weight' : 'lm_head.weight',
    shape: [config.vocab_size, config.hidden_size],
  };
}
