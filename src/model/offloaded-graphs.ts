/**
 * The graphs of a model whose experts come and go: those of graphs.ts, with a pool of K slots instead of each layer's own
 * experts.
 */
import type { ModelConfig } from './config';
import { type ExpertPool, openPool } from './expert-pool';
import {
  type InspectGraph,
  inspectIn,
  openScope,
  type PromptGraph,
  promptIn,
  type TokenGraph,
  tokenIn,
} from './graphs';

export interface Offloaded {
  readonly experts: ExpertPool;
}

/** One decoded token with a pool of `slots` experts. */
export function offloadedTokenGraph(config: ModelConfig, slots: number): TokenGraph & Offloaded {
  const scope = openScope(config, 1);
  const experts = openPool(scope.builder, config, slots);
  return { ...tokenIn({ ...scope, pool: experts }), experts };
}

/** A prompt of up to `tokens` ids; its last layer has no FFN to run unless a query layer stands on top. */
export function offloadedPromptGraph(config: ModelConfig, tokens: number, slots: number): PromptGraph & Offloaded {
  const scope = openScope(config, tokens);
  const experts = openPool(scope.builder, config, slots);
  return { ...promptIn({ ...scope, pool: experts }), experts };
}

/** One inspected token. */
export function offloadedInspectGraph(config: ModelConfig, slots: number): InspectGraph & Offloaded {
  const scope = openScope(config, 1);
  const experts = openPool(scope.builder, config, slots);
  return { ...inspectIn({ ...scope, pool: experts }), experts };
}
