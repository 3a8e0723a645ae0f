/**
 * How widely a head spreads its attention: −Σ p ln p over the keys of a query, in nats, averaged over the queries. 0 is all
 * weight on one key. A query that sees n keys has at most ln n, so the entropy is also given as a share of that.
 */
import { log } from '../../graph/exact-math';

/** Attention of one layer over T tokens. */
export interface LayerAttention {
  /** `[T, H, T]`: row t, head h is what query t looks at; 0 where the mask hides. */
  readonly weights: Float32Array;
  /** H. */
  readonly heads: number;
  /** Keys that each of the T queries sees. */
  readonly seen: readonly number[];
}

export interface Entropy {
  readonly nats: number;
  /** Mean of nats / ln(keys seen) over the queries that see two keys or more; null when none does. */
  readonly share: number | null;
}

export interface AttentionEntropy {
  readonly heads: readonly Entropy[];
  /** Over the heads. */
  readonly mean: Entropy;
}

/** Over the queries from `first` on; what they see of the tokens before counts. */
export function attentionEntropy({ weights, heads, seen }: LayerAttention, first: number): AttentionEntropy {
  const tokens = seen.length;
  const all = Array.from({ length: heads }, (_, head): Entropy => {
    const nats: number[] = [];
    const shares: number[] = [];
    for (let t = first; t < tokens; t++) {
      const start = (t * heads + head) * tokens;
      const entropy = entropyOf(weights.subarray(start, start + tokens));
      const keys = seen[t] as number;
      nats.push(entropy);
      if (keys > 1) shares.push(entropy / log(keys));
    }
    return { nats: mean(nats), share: shares.length > 0 ? mean(shares) : null };
  });
  const shares = all.flatMap(({ share }) => (share === null ? [] : [share]));
  return {
    heads: all,
    mean: { nats: mean(all.map(({ nats }) => nats)), share: shares.length > 0 ? mean(shares) : null },
  };
}

function entropyOf(weights: Float32Array): number {
  let sum = 0;
  for (const p of weights) if (p > 0) sum -= p * log(p);
  return Math.max(0, sum);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
