/**
 * A whole model as one function of its embedded tokens: what every graph of `graphs.ts` and the training graph share.
 */
import { embed } from '../gpu/kernels/embed/embed';
import { linear } from '../gpu/kernels/linear/linear';
import type { Part, Tensor } from '../graph/tensor';
import { attentionBlock, type Heads } from './attention-block';
import { hasExperts, type ModelConfig, ordinaryLayers } from './config';
import { expertsBlock } from './experts-block';
import { ffnBlock } from './ffn-block';
import { queryLayer } from './query-layer';
import { dropped } from './residual';
import { normalise, normedProjection, type Scope } from './scope';

interface LayerOutput {
  readonly x: Tensor;
  readonly heads: Heads;
  /** `x` already went through `model.norm`. */
  readonly normed: boolean;
}

export function layerName(index: number): string {
  return `model.layers.${index}`;
}

/** `[T, C]`; a soft prompt `[P, C]` stands in for the first P ids of every sequence. */
export function embedding(scope: Scope, ids: Tensor, softPrompt?: Tensor): Tensor {
  const { builder, config, cursor, tokens, training } = scope;
  const positions =
    config.position_embedding === 'learned'
      ? builder.matrix('model.position_embeddings.weight', [config.max_position_embeddings, config.hidden_size])
      : undefined;
  const { out } = builder.add(
    embed,
    'model.embed_tokens',
    { ids, table: table(scope), positions, cursor, prompt: softPrompt },
    { tokens, ...(training && { period: training.period, gradientScale: config.embedding_gradient_shrink }) },
  );
  return dropped(scope, 'model.embed_tokens.dropout', out);
}

function table({ builder, config }: Scope): Tensor {
  return builder.matrix('model.embed_tokens.weight', [config.vocab_size, config.hidden_size]);
}

export function block(scope: Scope, index: number, x: Tensor): { x: Tensor; heads: Heads } {
  const attended = attentionBlock(scope, layerName(index), x);
  const half = hasExperts(scope.config) ? expertsBlock : ffnBlock;
  return { x: half(scope, layerName(index), attended.x), heads: attended.heads };
}

/** All layers; the result `x` is normed when a query layer stands on top. */
export function stack(scope: Scope, embedded: Tensor): { x: Tensor; layers: LayerOutput[] } {
  const layers: LayerOutput[] = [];
  let x = embedded;
  for (let index = 0; index < ordinaryLayers(scope.config); index++) {
    const output = block(scope, index, x);
    layers.push({ ...output, normed: false });
    x = output.x;
  }
  if (!scope.config.query_layer) return { x, layers };
  const top = queryLayer(scope, normalise(scope, 'model.norm', x));
  layers.push({ ...top, normed: true });
  return { x: top.x, layers };
}

export function head(scope: Scope, x: Tensor): Tensor {
  return scope.config.query_layer ? plainHead(scope, 'head', x) : normedHead(scope, 'head', x);
}

export function normedHead(scope: Scope, name: string, x: Tensor): Tensor {
  return normedProjection(scope, name, x, 'model.norm', [headPart(scope.config)], undefined).y;
}

export function plainHead(scope: Scope, name: string, x: Tensor): Tensor {
  const weight = scope.builder.stack([headPart(scope.config)]);
  return scope.builder.add(linear, name, { x, weight }, { residualScale: 0, x2Offset: 0, keepNormed: false }).y;
}

function headPart(config: ModelConfig): Part {
  return {
    name: config.tie_word_embeddings ? 'model.embed_tokens.weight' : 'lm_head.weight',
    shape: [config.vocab_size, config.hidden_size],
  };
}
