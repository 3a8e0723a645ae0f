/**
 * What a device did, in the terms of a simulation: lanes, and the waits between their intervals with the reason that ended
 * each. Times count from when the layer began.
 */
import type { ExpertVisit } from './expert-run';
import type { Interval, Wait } from './lanes';
import type { Machine } from './machine';
import { residencyOf } from './residency';
import { lowerBound, type Timeline } from './simulate';

export interface MeasuredLanes {
  readonly begun: number;
  readonly reads: readonly Interval[];
  readonly loads: readonly Interval[];
  /** In the order of computing. */
  readonly computes: readonly Interval[];
  /** Slots that hold experts all the time, whether this layer uses them or not. */
  readonly others: number;
  /** `false`: a load waits for its turn. */
  readonly overlap: boolean;
}

export function measuredTimeline(machine: Machine, lanes: MeasuredLanes): Timeline {
  const from = ({ expert, start, end }: Interval): Interval => ({
    expert,
    start: Math.max(0, start - lanes.begun),
    end: Math.max(0, end - lanes.begun),
  });
  const byStart = (a: Interval, b: Interval) => a.start - b.start;
  const reads = lanes.reads.map(from).sort(byStart);
  const loads = lanes.loads.map(from).sort(byStart);
  const computes = lanes.computes.map(from);
  const residency = residencyOf(new Set(machine.resident), loads, computes);
  const reasonOf = (gap: Interval) => (lanes.overlap ? loadReason(gap, reads, computes) : 'turn');
  return {
    order: computes.map(({ expert }) => expert),
    ...{ reads, loads, computes },
    waits: [
      ...gaps(reads).map((gap): Wait => ({ ...gap, lane: 'disk', reason: 'memory' })),
      ...gaps(loads).map((gap): Wait => ({ ...gap, lane: 'load', reason: reasonOf(gap) })),
      ...gaps(computes).map((gap): Wait => ({ ...gap, lane: 'compute', reason: 'load' })),
    ],
    makespan: Math.max(0, ...computes.map(({ end }) => end)),
    bound: lowerBound(machine),
    residency,
    peakResidency: Math.max(lanes.others, ...residency.map(({ experts }) => experts.length)),
  };
}

/** Milliseconds that are no wait but what it takes to start something. */
const grain = 0.01;

function gaps(lane: readonly Interval[]): Interval[] {
  return lane.flatMap(({ expert, start }, index) => {
    const free = lane[index - 1]?.end ?? 0;
    return start - free > grain ? [{ expert, start: free, end: start }] : [];
  });
}

/** What ended last before the load began: its own read, or a compute that left a slot. */
function loadReason(gap: Interval, reads: readonly Interval[], computes: readonly Interval[]): Wait['reason'] {
  const read = reads.find(({ expert }) => expert === gap.expert)?.end ?? -Infinity;
  const ended = computes.map(({ end }) => end).filter((end) => end <= gap.end + grain);
  return read >= Math.max(-Infinity, ...ended) ? 'disk' : 'slot';
}

export function expertVisits(
  layer: number,
  counts: readonly number[],
  plan: readonly { readonly hit: boolean }[],
  loads: readonly (Interval | null)[],
  computes: readonly Interval[],
): ExpertVisit[] {
  return computes.map(({ expert, start, end }, index) => {
    const load = loads[index];
    return {
      ...{ layer, expert },
      rows: counts[expert] ?? 0,
      hit: plan[index]?.hit ?? false,
      loadMs: load ? load.end - load.start : null,
      computeMs: end - start,
    };
  });
}
