/** Makespans against the number of slots: how much each further slot is worth under each policy. */
import { activeExperts, type Machine } from './machine';
import { type PolicyId, policyIds, runPolicy } from './policies';
import { lowerBound } from './simulate';

export interface Sweep {
  /** K of each column. */
  readonly slots: readonly number[];
  /** Makespans at each K, of each policy that could be run. */
  readonly makespans: ReadonlyMap<PolicyId, readonly number[]>;
  readonly bound: number;
}

/** The search for the optimum is left out of larger layers: it would be asked once for each K. */
export const sweptOptimum = 7;

/** From one slot to one more than there are experts with tokens, but not beyond `most`. */
export function sweepSlots(machine: Machine, most = 64): Sweep {
  const active = activeExperts(machine).length;
  const last = Math.max(1, Math.min(most, active + 1));
  const slots = Array.from({ length: last }, (_, index) => index + 1);
  const ids = policyIds.filter((id) => id !== 'optimum' || active <= sweptOptimum);
  const at = (K: number): Machine => {
    const { resident } = machine;
    return { ...machine, slots: K, ...(resident && { resident: resident.slice(0, K) }) };
  };
  return {
    slots,
    makespans: new Map(ids.map((id) => [id, slots.map((K) => runPolicy(at(K), id).makespan)])),
    bound: lowerBound(machine),
  };
}
