/**
 * What a model can do once it is loaded, whichever backend carries it: fill the cache, write tokens, explain one.
 * `gpu-runtime.ts` and `host-runtime.ts` implement it; panels and command line speak to this.
 */
import type { Cost } from '../graph/cost';
import type { ModelConfig } from './config';
import type { SamplingSettings, TokenRecord } from './records';

export interface MemoryUse {
  readonly weights: number;
  readonly kvCache: number;
  readonly activations: number;
}

export interface Explanation {
  /** `attention[layer]`: softmax weights `[H, S]` of this token, row major; the query layer is last. */
  readonly attention: readonly Float32Array[];
  /** What each layer would have said, the query layer last. */
  readonly lens: readonly TokenRecord[];
}

export interface Runtime {
  readonly config: ModelConfig;
  /** Derived cost of one decoded token. */
  readonly cost: Cost;
  /** Dispatches and submits that one token really takes. */
  readonly tokenCounts: { readonly dispatches: number; readonly submits: number };
  memory(): MemoryUse;
  /**
   * Forgets the text and reads `ids`; at least one id, at most the context. In a prefix model the first `prefixLength`
   * ids (default: all) see each other in both directions.
   */
  start(ids: ArrayLike<number>, prefixLength?: number): Promise<void>;
  /** Sets the last token: everything before `position` stays in the cache. */
  rewind(position: number, id: number): void;
  /** Samples up to `count` tokens after the last one; stop by leaving the loop. */
  tokens(count: number, settings: SamplingSettings): AsyncGenerator<TokenRecord, void, void>;
  /** Logits `[V]` after the last token. */
  logits(): Promise<Float32Array>;
  /** Runs the token at `position` again and keeps what the page draws; afterwards call `start` or `rewind` to go on. */
  explain(position: number, id: number): Promise<Explanation>;
  destroy(): void;
}
