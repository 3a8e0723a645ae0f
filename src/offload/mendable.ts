/**
 * Whether a larger batch alone could make some order keep both constraints of CPM-2 (constraints.ts), with the same routing and
 * the same K. Where none does, the experts' shares are too uneven: the paper leaves that case out. The orders looked at are those of
 * its greedy and of Johnson's rule, on a grid of batch sizes, so "no" says that these found none.
 */
import { checkConstraints } from './constraints';
import { activeExperts, type Machine, totalOf } from './machine';
import { policies } from './policies';

/** Steps between the batch at which Σα = (T−1)·β/4 and 32 times that. */
const steps = 160;

/** The factor of the smallest batch found that keeps both; null when none does. */
export function batchFactor(machine: Machine): number | null {
  const { tiers: _, resident: __, ...plain } = machine;
  const active = activeExperts(plain).length;
  const total = totalOf(plain.computeTimes);
  if (active < 2) return 1;
  const least = ((active - 1) * plain.loadTime) / (4 * total);
  const growth = 32 ** (1 / steps);
  let factor = least;
  for (let step = 0; step <= steps; step++, factor *= growth) {
    const scaled = { ...plain, computeTimes: plain.computeTimes.map((time) => time * factor) };
    for (const id of ['infmoe', 'johnson'] as const) {
      if (checkConstraints(scaled, policies[id].order(scaled)).mends.length === 0) return factor;
    }
  }
  return null;
}
