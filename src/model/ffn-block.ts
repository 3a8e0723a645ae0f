/**
 * The feed-forward half of a layer: norm, gate and up projection, series informed activation, down projection, residual.
 */
import { linear } from '../gpu/kernels/linear/linear';
import type { Part, Tensor } from '../graph/tensor';
import { keepsNormed } from './attention-block';
import type { ModelConfig } from './config';
import { addResidual, joined } from './residual';
import { type FfnActivation, normedProjection, type Scope } from './scope';

/** The engine's name of each `hidden_act`. */
export const activationKinds = { silu: 'silu', gelu_pytorch_tanh: 'gelu', relu: 'relu' } as const satisfies Record<
  ModelConfig['hidden_act'],
  FfnActivation['kind']
>;

/** `[T, C]` → `[T, C]`, with the residual added. */
export function ffnBlock(scope: Scope, prefix: string, x: Tensor): Tensor {
  const { config } = scope;
  const { y, normed } = hidden(scope, prefix, x, keepsNormed(config));
  return addResidual(scope, `${prefix}.mlp.output_norm`, x, normed, (residual, scale) =>
    down(scope, prefix, y, residual, scale),
  );
}

/** As `ffnBlock`, always `x + FFN(N x)`: the query layer keeps PanGu-α's order whatever the placement below it. */
export function preNormFfn(scope: Scope, prefix: string, x: Tensor): Tensor {
  const { y } = hidden(scope, prefix, x, false);
  return joined(scope, `${prefix}.mlp.dropout`, x, 1, (residual, scale) => down(scope, prefix, y, residual, scale));
}

function hidden(scope: Scope, prefix: string, x: Tensor, keepNormed: boolean) {
  const { config, builder } = scope;
  const rows = config.ffn_gated ? ['gate_proj', 'up_proj'] : ['up_proj'];
  const parts = rows.map(
    (row): Part => ({
      name: `${prefix}.mlp.${row}.weight`,
      shape: [config.intermediate_size, config.hidden_size],
    }),
  );
  const bias = config.mlp_bias
    ? builder.stackVectors(
        rows.map((row) => ({ name: `${prefix}.mlp.${row}.bias`, shape: [config.intermediate_size] })),
      )
    : undefined;
  return normedProjection(scope, `${prefix}.mlp.up`, x, `${prefix}.post_attention_layernorm`, parts, bias, {
    keepNormed,
    ffn: ffnActivation(scope, prefix),
  });
}

/** The activation between the matrices; its series vectors are those of the layer. */
export function ffnActivation(scope: Scope, prefix: string): FfnActivation {
  const { config, builder } = scope;
  const series = (name: string): Tensor | undefined =>
    config.series_branches > 1
      ? builder.vector(`${prefix}.mlp.series.${name}`, [config.series_branches, config.intermediate_size])
      : undefined;
  return {
    kind: activationKinds[config.hidden_act],
    gated: config.ffn_gated,
    branches: config.series_branches,
    scale: series('scale'),
    offset: series('bias'),
  };
}

function down(scope: Scope, prefix: string, x: Tensor, residual: Tensor | undefined, residualScale: number): Tensor {
  const { config, builder } = scope;
  const name = `${prefix}.mlp.down_proj`;
  const { y } = builder.add(
    linear,
    name,
    {
      x,
      weight: builder.matrix(`${name}.weight`, [config.hidden_size, config.intermediate_size]),
      bias: config.mlp_bias ? builder.vector(`${name}.bias`, [config.hidden_size]) : undefined,
      residual,
    },
    { residualScale, x2Offset: 0, keepNormed: false },
  );
  return y;
}
