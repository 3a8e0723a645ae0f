/**
 * What the blocks of a model share while a graph is being built: the builder, the config, and how many rows run at once.
 *
 * A graph runs a whole prompt (`tokens` rows), one token (`tokens` = 1) or, to learn, a batch of sequences. For one token
 * the small kernels around a product cost more in dispatches than in arithmetic, so there the norm, the activation and
 * the cache update ride inside the products and the attention; the numbers are the same.
 */
import { type ActivationKind, activate } from '../gpu/kernels/activate/activate';
import { linear } from '../gpu/kernels/linear/linear';
import { norm } from '../gpu/kernels/norm/norm';
import type { GraphBuilder } from '../graph/graph';
import type { Part, Tensor } from '../graph/tensor';
import type { ModelConfig } from './config';
import type { ExpertPool } from './expert-pool';

export interface Scope {
  readonly builder: GraphBuilder;
  readonly config: ModelConfig;
  /** Rows that run at once: 1 for decoding, the length of the prompt's bucket for a prompt, B·T for a batch. */
  readonly tokens: number;
  /** Rows of the KV cache. */
  readonly context: number;
  /** `[position of the first row, valid rows, prefix length, 0]`. */
  readonly cursor: Tensor;
  /** There when the graph learns: no cache, and what the reverse pass needs is kept. */
  readonly training?: TrainingScope;
  /** There when experts come and go while the graph runs. */
  readonly pool?: ExpertPool;
  /** Takes the expert of each row, u32[T], one a layer, where someone wants to read them. */
  readonly routes?: Tensor[];
}

export interface TrainingScope {
  /** T: row r stands at position r % T of its sequence. */
  readonly period: number;
  readonly dropout: Dropout | null;
  /** f32[4]: 1 / counted targets of the whole step. */
  readonly lossWeight: Tensor;
  /** u32[4]: whether CPM-2's gate balances; absent without one. */
  readonly balance: Tensor | undefined;
}

export interface Dropout {
  readonly rate: number;
  /** u32[4]: seed and step of the random numbers. */
  readonly draw: Tensor;
  /** A number of its own for each place that drops. */
  nextStream(): number;
}

/** One token at a time: fuse what a dispatch would cost more than it computes. */
export function perToken(scope: Scope): boolean {
  return scope.tokens === 1 && !scope.training;
}

export interface Projection {
  readonly y: Tensor;
  /** The normed input; there when `keepNormed` was asked for or the norm ran on its own. */
  readonly normed: Tensor | undefined;
}

export interface ProjectionOptions {
  /** The activation of the augmented shortcut, on the columns from `from`. */
  readonly activation?: { readonly kind: ActivationKind; readonly from: number };
  /** The residual of a post-norm model is the normed input. */
  readonly keepNormed?: boolean;
  /** The weight stays f32 whatever the storage of matrices. */
  readonly keepF32?: boolean;
  /** The product feeds the FFN's activation, which then runs in the same dispatch when decoding. */
  readonly ffn?: FfnActivation;
}

export interface FfnActivation {
  readonly kind: ActivationKind;
  readonly gated: boolean;
  readonly branches: number;
  readonly scale: Tensor | undefined;
  readonly offset: Tensor | undefined;
}

/** `norm(x) · weightᵀ (+ bias)`, then the FFN's activation if asked for: `[T, C]` → `[T, N]` (FFN: `[T, F]`). */
export function normedProjection(
  scope: Scope,
  name: string,
  x: Tensor,
  normName: string,
  parts: readonly Part[],
  bias: Tensor | undefined,
  options: ProjectionOptions = {},
): Projection {
  const { builder } = scope;
  const { activation, ffn, keepNormed = false, keepF32 = false } = options;
  const fused = perToken(scope);
  // A kernel binds at most four of bias, gain, shift, scale and offset: with all five the norm runs on its own.
  const normFits = !(bias && ffn?.scale && scope.config.norm === 'layer');
  const normInside = fused && normFits;
  const alone = normInside ? undefined : normalise(scope, normName, x);
  const { y, normed } = builder.add(
    linear,
    name,
    {
      x: alone ?? x,
      weight: keepF32 ? builder.stackVectors(parts) : builder.stack(parts),
      bias,
      ...(normInside && normWeights(scope, normName)),
      ...(fused && { scale: ffn?.scale, offset: ffn?.offset }),
    },
    {
      residualScale: 0,
      x2Offset: 0,
      keepNormed: normInside && keepNormed,
      ...(normInside && { norm: normAttributes(scope.config) }),
      ...(activation && { activation }),
      ...(fused && ffn && { gate: { kind: ffn.kind, gated: ffn.gated, branches: ffn.branches } }),
    },
  );
  if (fused || !ffn) return { y, normed: alone ?? normed };
  const { kind, gated, branches, scale, offset } = ffn;
  const activated = builder.add(activate, `${name}.activate`, { h: y, scale, offset }, { kind, gated, branches });
  return { y: activated.y, normed: alone };
}

/** `norm(x) (+ residual)`, `[T, C]`. */
export function normalise(scope: Scope, name: string, x: Tensor, residual?: Tensor): Tensor {
  const attributes = { ...normAttributes(scope.config), ...(scope.training && { keepStatistics: true }) };
  return scope.builder.add(norm, name, { x, residual, ...normWeights(scope, name) }, attributes).y;
}

function normWeights(scope: Scope, name: string): { gain: Tensor; shift: Tensor | undefined } {
  const { builder, config } = scope;
  return {
    gain: builder.vector(`${name}.weight`, [config.hidden_size]),
    shift: config.norm === 'layer' ? builder.vector(`${name}.bias`, [config.hidden_size]) : undefined,
  };
}

function normAttributes(config: ModelConfig): { kind: 'rms' | 'layer'; epsilon: number } {
  return { kind: config.norm, epsilon: config.rms_norm_eps };
}
