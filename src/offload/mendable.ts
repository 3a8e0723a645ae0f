/**
 * Whether a larger batch alone could make some order keep both constraints of CPM-2 (constraints.ts), with the same routing and
 * the same K. Where none does, the experts' shares are too uneven: the paper leaves that case out. The orders looked at are those of
 * its greedy and of Johnson's rule, on a grid of batch sizes, so "no" says that these found none.
 */
import { checkConstraints } from './constraints';
import { activeExperts, type Machine, totalOf } from './machine';
import { policies } from './policies';

/** Steps between the batch at which Σα = (T−1)·β/4 and 32 times that. */
const steps = 64;

export interface MendingBatch {
  /** How many times as large as the machine's. */
  readonly factor: number;
  readonly policy: 'infmoe' | 'johnson';
}

/** The smallest batch found whose order keeps both; null when none does. O(T²) a step. */
export function mendingBatch(machine: Machine): MendingBatch | null {
  const { tiers: _, resident: __, ...plain } = machine;
  const active = activeExperts(plain).length;
  const total = totalOf(plain.computeTimes);
  if (active < 2) return { factor: 1, policy: 'infmoe' };
  const least = ((active - 1) * plain.loadTime) / (4 * total);
  const growth = 32 ** (1 / steps);
  let factor = least;
  for (let step = 0; step <= steps; step++, factor *= growth) {
    const scaled = { ...plain, computeTimes: plain.computeTimes.map((time) => time * factor) };
    for (const policy of ['infmoe', 'johnson'] as const) {
      if (checkConstraints(scaled, policies[policy].order(scaled)).mends.length === 0) return { factor, policy };
    }
  }
  return null;
}
