/** What a policy makes of a machine: the timeline, what on demand would take, and how it stands with the paper's constraints. */
import { type ConstraintCheck, checkConstraints, type Mend } from '../../../offload/constraints';
import { type Hardware, machineOf } from '../../../offload/hardware';
import { activeExperts, type Machine } from '../../../offload/machine';
import { coveringBatch, type Larger, type MendingBatch, mendingBatch } from '../../../offload/mendable';
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

/** `hardware`: what the machine follows from, where it does. */
export function outcomeOf(machine: Machine, policy: PolicyId, hardware: Hardware | null = null): Outcome | Refused {
  try {
    return outcomeAround(machine, policy, runPolicy(machine, policy), hardware);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Around a timeline that is there already. */
export function outcomeAround(
  machine: Machine,
  policy: PolicyId,
  timeline: Timeline,
  hardware: Hardware | null = null,
): Outcome {
  const plain = policy === 'resident' || policy === 'on-demand';
  const check = plain ? null : checkedOn(machine, timeline.order, hardware);
  return {
    timeline,
    onDemand: simulate(machine, policies['on-demand'].order(machine), false).makespan,
    check,
    batch: check && check.mends.length > 0 ? mendingBatch(machine, hardware ? grown(hardware) : undefined) : null,
  };
}

const grown =
  (hardware: Hardware): Larger =>
  (factor) =>
    machineOf({ ...hardware, tokens: Math.max(1, Math.ceil(hardware.tokens * factor)) });

/** (ii) keeps no more than K experts on the device: where there are no more than K, it asks for nothing, and no K beyond that mends more. */
function withinExperts(check: ConstraintCheck, machine: Machine): ConstraintCheck {
  const experts = activeExperts(machine).length;
  const overfull = machine.slots >= experts ? [] : check.overfull;
  const capped = check.mends.map((mend): Mend => ({ ...mend, slots: Math.min(mend.slots, Math.max(experts, 1)) }));
  const mends = check.uncovered.length === 0 && overfull.length === 0 ? [] : capped;
  return { ...check, overfull, mends };
}

/** On a device that reads no expert faster than its memory allows, a larger batch helps less than in proportion. */
function checkedOn(machine: Machine, order: readonly number[], hardware: Hardware | null): ConstraintCheck {
  const check = withinExperts(checkConstraints(machine, order), machine);
  if (!hardware || hardware.deviceBandwidth === null) return check;
  const mends = check.mends.flatMap((mend): readonly Mend[] => {
    if (mend.kind !== 'larger batch') return [mend];
    const factor = coveringBatch(grown(hardware), order);
    if (factor === null) return [];
    const room = checkConstraints(grown(hardware)(factor), order).mends.find(({ kind }) => kind === 'more slots');
    return [{ ...mend, factor, slots: Math.max(machine.slots, room?.slots ?? 0) }];
  });
  return { ...check, mends };
}

/** How long computing stood idle. */
export function waited({ waits }: Timeline): number {
  return waits.reduce((sum, { lane, start, end }) => sum + (lane === 'compute' ? end - start : 0), 0);
}

export const isOutcome = (outcome: Outcome | Refused | null): outcome is Outcome =>
  outcome !== null && typeof outcome !== 'string';
