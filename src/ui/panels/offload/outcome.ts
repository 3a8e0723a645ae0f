/** What a policy makes of a machine: the timeline, what on demand would take, and how it stands with the paper's constraints. */
import { type ConstraintCheck, checkConstraints } from '../../../offload/constraints';
import type { Machine } from '../../../offload/machine';
import { type MendingBatch, mendingBatch } from '../../../offload/mendable';
import { type PolicyId, policies, runPolicy } from '../../../offload/policies';
import { simulate, type Timeline } from '../../../offload/simulate';

export interface Outcome {
  readonly timeline: Timeline;
  /** The same machine without any overlap. */
  readonly onDemand: number;
  /** Null where the constraints say nothing about the policy: nothing is loaded, or nothing overlaps. */
  readonly check: ConstraintCheck | null;
  /** Null where no larger batch keeps both with this K; only looked for where they are broken. */
  readonly batch: MendingBatch | null;
}

/** The sentence of a policy that refuses the machine: the search has its limit. */
export type Refused = string;

export function outcomeOf(machine: Machine, policy: PolicyId): Outcome | Refused {
  let timeline: Timeline;
  try {
    timeline = runPolicy(machine, policy);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const plain = policy === 'resident' || policy === 'on-demand';
  const check = plain ? null : checkConstraints(machine, timeline.order);
  return {
    timeline,
    onDemand: simulate(machine, policies['on-demand'].order(machine), false).makespan,
    check,
    batch: check && check.mends.length > 0 ? mendingBatch(machine) : null,
  };
}

/** How long computing stood idle. */
export function waited({ waits }: Timeline): number {
  return waits.reduce((sum, { lane, start, end }) => sum + (lane === 'compute' ? end - start : 0), 0);
}

export const isOutcome = (outcome: Outcome | Refused | null): outcome is Outcome =>
  outcome !== null && typeof outcome !== 'string';
