/**
 * The feed-forward half of a layer with experts: norm, scores, one expert a token, its FFN, residual. An expert is an FFN
 * without biases; the norms, and the vectors of a series activation, are the layer's.
 *
 * Source: CPM-2 (2106.10715) 2.3 and its code: a frozen gate, balanced by an auction in training and an argmax in use. A
 * learned gate is Switch Transformer's (2101.03961): the argmax always, and the gate's share scales what the expert says.
 */
import { activate } from '../gpu/kernels/activate/activate';
import { assignExperts } from '../gpu/kernels/assign-experts/assign-experts';
import { expertLinear } from '../gpu/kernels/expert-linear/expert-linear';
import { gateScale } from '../gpu/kernels/gate-scale/gate-scale';
import type { Part, Tensor } from '../graph/tensor';
import { keepsNormed } from './attention-block';
import { rowsOfExpert } from './expert-pool';
import { ffnActivation } from './ffn-block';
import { expertName, gateName } from './names';
import { addResidual } from './residual';
import { normedProjection, type Scope } from './scope';

/** What the layer's scores decide. */
interface Routing {
  readonly expert: Tensor;
  readonly places: Tensor;
}

/** `[T, C]` → `[T, C]`, with the residual added. */
export function expertsBlock(scope: Scope, prefix: string, x: Tensor): Tensor {
  const { builder, config, pool } = scope;
  const norm = `${prefix}.post_attention_layernorm`;
  const gate: Part = { name: `${gateName(prefix)}.weight`, shape: [config.num_experts, config.hidden_size] };
  const { y: scores, normed = x } = normedProjection(scope, gateName(prefix), x, norm, [gate], undefined, {
    keepNormed: true,
    keepF32: true,
  });
  const routing = route(scope, prefix, scores);
  const first = builder.nodes.length;
  const slots = pool && builder.state(`slots.${pool.layers.length}`, [config.num_experts], 'u32');
  const placed = { ...routing, slots, window: pool?.window };
  const hidden = shared(scope, prefix, up(scope, prefix, normed, placed), scores, routing);
  let end = first;
  const residual = keepsNormed(config) ? normed : undefined;
  const out = addResidual(scope, `${prefix}.mlp.output_norm`, x, residual, (residual, residualScale) => {
    const weight =
      pool?.down ??
      builder.stack(expertParts(scope, prefix, ['down_proj'], [config.hidden_size, config.intermediate_size]), {
        name: `${prefix}.mlp.experts.down_proj`,
      });
    const inputs = { x: hidden, weight, ...placed, residual };
    const attributes = { rowsPerExpert: config.hidden_size, residualScale };
    const { y } = builder.add(expertLinear, `${prefix}.mlp.experts.down`, inputs, attributes);
    end = builder.nodes.length;
    return y;
  });
  if (pool && slots) {
    // A result keeps its memory: runs of later windows read again what the plan takes for read.
    for (const tensor of [normed, ...Object.values(routing)]) builder.result(tensor);
    pool.layers.push({ first, end, ...routing, slots });
  }
  return out;
}

/** Balanced while a CPM-2 gate trains, else the argmax; padding behind a prompt goes nowhere. */
function route(scope: Scope, prefix: string, scores: Tensor): Routing {
  const { builder, cursor, training, tokens } = scope;
  const balance = training?.balance;
  const padded = !training && tokens > 1;
  const { expert, places } = builder.add(
    assignExperts,
    `${prefix}.mlp.experts.assign`,
    { scores, cursor: padded ? cursor : undefined, balance },
    { balanced: balance !== undefined },
  );
  scope.routes?.push(builder.result(expert));
  return { expert, places };
}

/** The hidden columns `[T, F]` of each token's expert. */
function up(
  scope: Scope,
  prefix: string,
  x: Tensor,
  placed: Routing & { readonly slots: Tensor | undefined; readonly window: Tensor | undefined },
): Tensor {
  const { builder, config, pool, training } = scope;
  const name = `${prefix}.mlp.experts.up`;
  const projections = config.ffn_gated ? ['gate_proj', 'up_proj'] : ['up_proj'];
  const weight =
    pool?.up ??
    builder.stack(expertParts(scope, prefix, projections, [config.intermediate_size, config.hidden_size]), {
      name: `${prefix}.mlp.experts.up_proj`,
    });
  const rowsPerExpert = rowsOfExpert(config);
  const { scale, offset, ...gate } = ffnActivation(scope, prefix);
  if (!training) {
    return builder.add(expertLinear, name, { x, weight, ...placed, scale, offset }, { rowsPerExpert, gate }).y;
  }
  const h = builder.add(expertLinear, name, { x, weight, ...placed }, { rowsPerExpert }).y;
  return builder.add(activate, `${name}.activate`, { h, scale, offset }, gate).y;
}

/** With a learned gate, the hidden columns times the gate's share: that is how the gate learns. */
function shared(scope: Scope, prefix: string, h: Tensor, scores: Tensor, { expert, places }: Routing): Tensor {
  const { builder, config, training, pool } = scope;
  if (config.expert_gate !== 'learned') return h;
  if (pool) for (const tensor of [h, scores]) builder.result(tensor);
  return builder.add(
    gateScale,
    `${prefix}.mlp.experts.scale`,
    { h, scores, expert, places, lossWeight: training?.lossWeight },
    { coefficient: training ? config.router_aux_loss_coef : 0 },
  ).out;
}

/** One expert after the other, each with its projections one under the other. */
function expertParts(scope: Scope, prefix: string, projections: readonly string[], shape: readonly number[]): Part[] {
  return Array.from({ length: scope.config.num_experts }, (_, index) =>
    projections.map((part): Part => ({ name: `${expertName(prefix, index)}.${part}.weight`, shape })),
  ).flat();
}
