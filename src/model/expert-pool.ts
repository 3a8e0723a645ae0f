/**
 * Experts that are not all in memory: the weights of K of them lie in the slots of a pool that all layers share, and come
 * and go while a program is in use. What a program's owner must know to bring them: where each layer's expert part begins
 * and ends, what was routed where, and which tensors say what lies in the slots.
 *
 * A layer's expert part is `first` ≤ node < `end`. It may be run again and again with other slots and windows: a run
 * computes only the places that the window names, and the memory that later runs read is kept for it.
 */
import type { GraphBuilder } from '../graph/graph';
import type { Tensor } from '../graph/tensor';
import type { ModelConfig } from './config';

export interface ExpertPool {
  /** [K·2F, C], or [K·F, C] where the FFN is not gated: one slot holds an expert's gate_proj over its up_proj. */
  readonly up: Tensor;
  /** [K·C, F]. */
  readonly down: Tensor;
  /** u32[4]: first place and end that the next run computes, 0, 0. */
  readonly window: Tensor;
  /** One a layer whose experts run in the graph, from the bottom up; blocks add theirs when they are built. */
  readonly layers: PooledLayer[];
}

export interface PooledLayer {
  /** Node where the routing is done and the expert part begins. */
  readonly first: number;
  /** Node behind the expert part. */
  readonly end: number;
  /** u32[M] and u32[E+1+M] of `assignExperts`, readable after a run. */
  readonly expert: Tensor;
  readonly places: Tensor;
  /** u32[E]: the slot of each expert of the layer that lies in the pool. */
  readonly slots: Tensor;
}

/** Rows of one expert's matrix in `up`. */
export function rowsOfExpert({ ffn_gated, intermediate_size }: ModelConfig): number {
  return ffn_gated ? 2 * intermediate_size : intermediate_size;
}

/** A pool of `slots` experts, K ≥ 1. */
export function openPool(builder: GraphBuilder, config: ModelConfig, slots: number): ExpertPool {
  const { hidden_size: C, intermediate_size: F } = config;
  return {
    up: builder.pool('experts.up', [slots * rowsOfExpert(config), C]),
    down: builder.pool('experts.down', [slots * C, F]),
    window: builder.state('window', [4], 'u32'),
    layers: [],
  };
}
