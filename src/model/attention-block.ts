/**
 * The attention half of a layer: norm, q/k/v, rotary embedding, KV cache, attention, augmented shortcut, residual.
 *
 * The shortcut `Wup · gelu(Wdown · h)` costs no dispatch of its own: its first matrix is stacked under q, k and v, its
 * second rides as the second product of the output projection.
 */
import { attention } from '../gpu/kernels/attention/attention';
import { attentionToken } from '../gpu/kernels/attention-token/attention-token';
import { linear } from '../gpu/kernels/linear/linear';
import { ropeCache } from '../gpu/kernels/rope-cache/rope-cache';
import { selfAttention } from '../gpu/kernels/self-attention/self-attention';
import { splitHeads } from '../gpu/kernels/split-heads/split-heads';
import { turnsState } from '../gpu/kernels/split-heads/turns';
import type { Part, Tensor } from '../graph/tensor';
import { headSize, kvHeads, type ModelConfig } from './config';
import { addResidual } from './residual';
import { normedProjection, perToken, type Scope, type TrainingScope } from './scope';

/** Columns of q, k and v in the tensors that hold them. */
export interface HeadColumns {
  readonly query: Tensor;
  readonly keyValue: Tensor;
  readonly queryOffset: number;
  readonly keyOffset: number;
  readonly valueOffset: number;
  /** Columns of `keyValue` behind the values: the bottleneck of the augmented shortcut. */
  readonly shortcut: { readonly offset: number; readonly size: number } | null;
  readonly rotate: boolean;
}

/** What `attentionWeights` needs to draw what a layer looked at. */
export interface Heads {
  readonly columns: HeadColumns;
  readonly prefix: string;
}

/** The activated bottleneck of the augmented shortcut: columns of a tensor from `offset` on. */
interface Shortcut {
  readonly tensor: Tensor;
  readonly offset: number;
}

/** `[T, C]` → `[T, C]`, with the residual added. */
export function attentionBlock(scope: Scope, prefix: string, x: Tensor): { x: Tensor; heads: Heads } {
  const { config, builder } = scope;
  const width = config.hidden_size;
  const { columns, normed } = queryKeyValue(scope, prefix, x);
  const { out, shortcut } = attend(scope, prefix, columns);
  const size = config.shortcut_size;
  const name = `${prefix}.self_attn`;
  const output = addResidual(scope, `${name}.output_norm`, x, normed, (residual, residualScale) => {
    const { y } = builder.add(
      linear,
      `${name}.o_proj`,
      {
        x: out,
        weight: builder.matrix(`${name}.o_proj.weight`, [width, config.num_attention_heads * headSize(config)]),
        bias: config.attention_bias ? builder.vector(`${name}.o_proj.bias`, [width]) : undefined,
        x2: shortcut?.tensor,
        weight2: shortcut ? builder.matrix(`${name}.shortcut.up_proj.weight`, [width, size]) : undefined,
        residual,
      },
      { residualScale, x2Offset: shortcut?.offset ?? 0, keepNormed: false },
    );
    return y;
  });
  return { x: output, heads: { columns, prefix } };
}

/** Only what later tokens need of this layer: its keys and values in the cache. */
export function cacheBlock(scope: Scope, prefix: string, x: Tensor): void {
  const { columns } = queryKeyValue(scope, prefix, x);
  cacheKeys(scope, prefix, columns);
}

function queryKeyValue(scope: Scope, prefix: string, x: Tensor): { columns: HeadColumns; normed: Tensor | undefined } {
  const { config, builder } = scope;
  const name = `${prefix}.self_attn`;
  const rows = headRows(config);
  const parts = rows.map(
    ([part, size]): Part => ({ name: `${name}.${part}.weight`, shape: [size, config.hidden_size] }),
  );
  const down: Part = { name: `${name}.shortcut.down_proj.weight`, shape: [config.shortcut_size, config.hidden_size] };
  const headWidth = rows.reduce((sum, [, size]) => sum + size, 0);
  const hasShortcut = config.shortcut_size > 0;
  // Shorter than the stack when a shortcut rides in it: the shortcut has no bias.
  const bias = config.attention_bias
    ? builder.stackVectors(rows.map(([part, size]) => ({ name: `${name}.${part}.bias`, shape: [size] })))
    : undefined;
  const { y, normed } = normedProjection(
    scope,
    `${name}.qkv`,
    x,
    `${prefix}.input_layernorm`,
    hasShortcut ? [...parts, down] : parts,
    bias,
    {
      keepNormed: keepsNormed(config),
      // The reverse pass needs the columns as they were, so there splitHeads activates a copy.
      ...(hasShortcut && !scope.training && { activation: { kind: 'gelu', from: headWidth } as const }),
    },
  );
  const [queries, keys] = [rows[0][1], rows[1][1]];
  const columns: HeadColumns = {
    query: y,
    keyValue: y,
    queryOffset: 0,
    keyOffset: queries,
    valueOffset: queries + keys,
    shortcut: hasShortcut ? { offset: headWidth, size: config.shortcut_size } : null,
    rotate: config.position_embedding === 'rope',
  };
  return { columns, normed };
}

/** `out` `[T, H·D]`: attention over the cache after this step's keys and values went in, or over the rows of a batch. */
export function attend(
  scope: Scope,
  prefix: string,
  columns: HeadColumns,
): { readonly out: Tensor; readonly shortcut: Shortcut | undefined } {
  const { config, builder, cursor } = scope;
  if (scope.training) return attendRows(scope, scope.training, prefix, columns);
  const shortcut = columns.shortcut ? { tensor: columns.keyValue, offset: columns.shortcut.offset } : undefined;
  const attributes = { ...headAttributes(config, columns), ...maskAttributes(config) };
  if (perToken(scope)) {
    const inputs = {
      query: columns.query,
      keyValue: columns.keyValue,
      keyCache: keyCache(scope, prefix),
      valueCache: valueCache(scope, prefix),
      cursor,
    };
    return { out: builder.add(attentionToken, `${prefix}.self_attn.attention`, inputs, attributes).out, shortcut };
  }
  const query = cacheKeys(scope, prefix, columns);
  const { out } = builder.add(
    attention,
    `${prefix}.self_attn.attention`,
    { query, keyCache: keyCache(scope, prefix), valueCache: valueCache(scope, prefix), cursor },
    { heads: attributes.heads, groups: attributes.groups, headSize: attributes.headSize, ...maskAttributes(config) },
  );
  return { out, shortcut };
}

/** Attention of a training step: every row sees the rows of its own sequence, nothing is cached. */
function attendRows(scope: Scope, { period }: TrainingScope, prefix: string, columns: HeadColumns) {
  const { config, builder, cursor } = scope;
  const { rotate } = columns;
  const sizes = { heads: config.num_attention_heads, groups: kvHeads(config), headSize: headSize(config), period };
  const { heads, shortcut } = builder.add(
    splitHeads,
    `${prefix}.self_attn.heads`,
    {
      projected: columns.keyValue,
      query: columns.query === columns.keyValue ? undefined : columns.query,
      turns: rotate ? turnsState(builder, period, sizes.headSize, config.rope_theta) : undefined,
    },
    { ...sizes, rotate, shortcut: columns.shortcut?.size ?? 0 },
  );
  const { out } = builder.add(
    selfAttention,
    `${prefix}.self_attn.attention`,
    { heads, cursor },
    { ...sizes, ...maskAttributes(config) },
  );
  return { out, shortcut: shortcut && { tensor: shortcut, offset: 0 } };
}

/** Rotates q and k, writes k and v into the cache; returns the rotated queries `[T, H·D]`. */
export function cacheKeys(scope: Scope, prefix: string, columns: HeadColumns): Tensor {
  return scope.builder.add(
    ropeCache,
    `${prefix}.self_attn.rope`,
    {
      query: columns.query,
      keyValue: columns.keyValue,
      keyCache: keyCache(scope, prefix),
      valueCache: valueCache(scope, prefix),
      cursor: scope.cursor,
    },
    headAttributes(scope.config, columns),
  ).query;
}

/** Attributes that say where heads sit in the columns of a projection. */
export function headAttributes(config: ModelConfig, columns: HeadColumns) {
  return {
    heads: config.num_attention_heads,
    groups: kvHeads(config),
    headSize: headSize(config),
    theta: config.rope_theta,
    rotate: columns.rotate,
    queryOffset: columns.queryOffset,
    keyOffset: columns.keyOffset,
    valueOffset: columns.valueOffset,
  };
}

export function maskAttributes(config: ModelConfig): { mask: 'causal' | 'prefix'; window: number | null } {
  return { mask: config.attention_mask, window: config.sliding_window };
}

/** In post-norm models the residual is the norm's output, so it must outlive the projection. */
export function keepsNormed(config: ModelConfig): boolean {
  return config.norm_placement === 'post' || config.norm_placement === 'deepnorm';
}

function headRows(config: ModelConfig) {
  const size = headSize(config);
  const queries = config.num_attention_heads * size;
  const keys = kvHeads(config) * size;
  return [
    ['q_proj', queries],
    ['k_proj', keys],
    ['v_proj', keys],
  ] as const;
}

/** Rotated keys of the layer, `[S, G·D]`. */
export function keyCache(scope: Scope, prefix: string): Tensor {
  return cache(scope, `${prefix}.keys`);
}

function valueCache(scope: Scope, prefix: string): Tensor {
  return cache(scope, `${prefix}.values`);
}

function cache(scope: Scope, name: string): Tensor {
  return scope.builder.state(name, [scope.context, kvHeads(scope.config) * headSize(scope.config)]);
}
