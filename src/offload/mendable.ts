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

/** The machine with so many times the batch. */
export type Larger = (factor: number) => Machine;

/** Every α grows with the batch. */
const proportional =
  (machine: Machine): Larger =>
  (factor) => ({ ...machine, computeTimes: machine.computeTimes.map((time) => time * factor) });

/** The constraints know neither a disk nor residents. */
function plain({ tiers: _, resident: __, ...machine }: Machine): Machine {
  return machine;
}

export interface MendingBatch {
  /** How many times as large as the machine's. */
  readonly factor: number;
  readonly policy: 'infmoe' | 'johnson';
}

/** The smallest batch found whose order keeps both; null when none does. O(T²) a step. */
export function mendingBatch(machine: Machine, larger: Larger = proportional(machine)): MendingBatch | null {
  const active = activeExperts(machine).length;
  const total = totalOf(machine.computeTimes);
  if (active < 2) return { factor: 1, policy: 'infmoe' };
  const least = ((active - 1) * machine.loadTime) / (4 * total);
  const growth = 32 ** (1 / steps);
  let factor = least;
  for (let step = 0; step <= steps; step++, factor *= growth) {
    const scaled = plain(larger(factor));
    for (const policy of ['infmoe', 'johnson'] as const) {
      if (checkConstraints(scaled, policies[policy].order(scaled)).mends.length === 0) return { factor, policy };
    }
  }
  return null;
}

/** Bisections of the batch that mends one order. */
const halvings = 30;

/**
 * How many times the batch makes this very order keep (i) where α does not grow in proportion to it, as on a device that reads
 * its weights no faster; null where a million times does not.
 */
export function coveringBatch(larger: Larger, order: readonly number[]): number | null {
  const covers = (factor: number) => checkConstraints(plain(larger(factor)), order).uncovered.length === 0;
  let high = 1;
  while (!covers(high)) {
    if (high > 1e6) return null;
    high *= 2;
  }
  let low = high / 2;
  for (let step = 0; step < halvings; step++) {
    const middle = (low + high) / 2;
    if (covers(middle)) high = middle;
    else low = middle;
  }
  return high;
}
