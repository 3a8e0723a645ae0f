/**
 * PanGu-α's query layer: one more attention layer on top whose query is not the hidden state but a learned table's row for
 * the position. Source: PanGu-α (2104.12369) eq. 2–6 and its code; no rotary embedding, always pre-norm.
 */
import { embed } from '../gpu/kernels/embed/embed';
import { linear } from '../gpu/kernels/linear/linear';
import type { Part, Tensor } from '../graph/tensor';
import { attend, cacheKeys, type HeadColumns, type Heads } from './attention-block';
import { headSize, kvHeads } from './config';
import { preNormFfn } from './ffn-block';
import { joined } from './residual';
import { normedProjection, type Scope } from './scope';

const prefix = 'model.query_layer';

/** `x` `[T, C]` is the output of `model.norm`; the result goes to the head without another norm. */
export function queryLayer(scope: Scope, x: Tensor): { x: Tensor; heads: Heads } {
  const { config, builder } = scope;
  const columns = queryColumns(scope, x);
  const attended = attend(scope, prefix, columns).out;
  const width = config.hidden_size;
  const y = joined(scope, `${prefix}.self_attn.dropout`, x, 1, (residual, residualScale) => {
    const inputs = {
      x: attended,
      weight: builder.matrix(`${prefix}.self_attn.o_proj.weight`, [
        width,
        config.num_attention_heads * headSize(config),
      ]),
      bias: config.attention_bias ? builder.vector(`${prefix}.self_attn.o_proj.bias`, [width]) : undefined,
      residual,
    };
    return builder.add(linear, `${prefix}.self_attn.o_proj`, inputs, { residualScale, x2Offset: 0, keepNormed: false })
      .y;
  });
  return { x: preNormFfn(scope, prefix, y), heads: { columns, prefix } };
}

/** Only the layer's keys and values, for the tokens of a prompt. */
export function cacheQueryLayer(scope: Scope, x: Tensor): void {
  cacheKeys(scope, prefix, queryColumns(scope, x));
}

function queryColumns(scope: Scope, x: Tensor): HeadColumns {
  const { config, builder } = scope;
  const width = config.hidden_size;
  const queries = config.num_attention_heads * headSize(config);
  const keys = kvHeads(config) * headSize(config);
  const name = `${prefix}.self_attn`;
  const positions = builder.matrix(`${prefix}.position_embeddings.weight`, [config.max_position_embeddings, width]);
  const rows = builder.add(
    embed,
    `${prefix}.position_embeddings`,
    { positions, cursor: scope.cursor },
    { tokens: scope.tokens, ...(scope.training && { period: scope.training.period }) },
  ).out;
  const query = builder.add(
    linear,
    `${name}.q_proj`,
    {
      x: rows,
      weight: builder.matrix(`${name}.q_proj.weight`, [queries, width]),
      bias: config.attention_bias ? builder.vector(`${name}.q_proj.bias`, [queries]) : undefined,
    },
    { residualScale: 0, x2Offset: 0, keepNormed: false },
  ).y;
  const parts = ['k_proj', 'v_proj'].map((part): Part => ({ name: `${name}.${part}.weight`, shape: [keys, width] }));
  const bias = config.attention_bias
    ? builder.stackVectors(['k_proj', 'v_proj'].map((part) => ({ name: `${name}.${part}.bias`, shape: [keys] })))
    : undefined;
  const { y: keyValue } = normedProjection(scope, `${name}.kv`, x, `${prefix}.input_layernorm`, parts, bias);
  return { query, keyValue, queryOffset: 0, keyOffset: 0, valueOffset: keys, shortcut: null, rotate: false };
}
