/**
 * How many tokens of a batch each expert of a layer gets, for a batch that nobody routed: even, uneven or extreme, and the same
 * every time. Expert of rank r gets (1 − imbalance)^r of what the first gets, and at least one token while there are enough;
 * ranks are spread over the indices, so that the index order is no order by size. A measured routing needs none of this.
 */

export interface Routing {
  /** E */
  readonly experts: number;
  readonly tokens: number;
  /** 0: every expert gets as many; 1: one expert gets all but one token of each other. */
  readonly imbalance: number;
}

/** Tokens of each expert, in index order; they add up to `tokens`. */
export function tokensPerExpert({ experts, tokens, imbalance }: Routing): number[] {
  const counts = byRank(experts, tokens, imbalance);
  const step = spread(experts);
  return Array.from({ length: experts }, (_, expert) => counts[(expert * step + step) % experts] as number);
}

function byRank(experts: number, tokens: number, imbalance: number): number[] {
  const least = tokens >= experts ? 1 : 0;
  const rest = tokens - least * experts;
  const weights: number[] = [];
  let weight = 1;
  for (let rank = 0; rank < experts; rank++) {
    weights.push(weight);
    weight *= 1 - imbalance;
  }
  const sum = weights.reduce((total, one) => total + one, 0);
  // Shares are rounded where they end, so that all tokens are given out and no rank gets more than the one before it by luck.
  let given = 0;
  let reached = 0;
  return weights.map((share) => {
    reached += share;
    const until = Math.round((rest * reached) / sum);
    const count = until - given;
    given = until;
    return least + count;
  });
}

/** A step that has no divisor in common with `experts`, near their golden section: neighbours in rank stand far apart. */
function spread(experts: number): number {
  let step = Math.max(1, Math.round(experts * 0.618));
  while (divisor(step, experts) !== 1) step++;
  return step;
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
