/**
 * Machine and order → timeline. A pure function: what each lane does when, where it waits, who is on the device, and how
 * far from the bound that no order beats. The rules stand in lanes.ts; where transfers and compute slow each other,
 * shared-lanes.ts carries them out.
 */
import { type Interval, type Lanes, lastEnd, openLanes, place, type Wait } from './lanes';
import { activeExperts, computeTime, type Machine, totalOf } from './machine';
import { type Residency, residencyOf } from './residency';
import { fillShared } from './shared-lanes';

export interface Timeline {
  readonly order: readonly number[];
  readonly reads: readonly Interval[];
  readonly loads: readonly Interval[];
  readonly computes: readonly Interval[];
  readonly waits: readonly Wait[];
  readonly makespan: number;
  readonly bound: number;
  readonly residency: readonly Residency[];
  readonly peakResidency: number;
}

/** `order` names every expert that has tokens exactly once. Throws a sentence otherwise. */
export function simulate(machine: Machine, order: readonly number[], overlap = true): Timeline {
  const active = activeExperts(machine);
  checkOrder(machine, active, order);
  const { reads, loads, computes, waits, resident } = fill(machine, active, order, overlap);
  const residency = residencyOf(resident, loads, computes);
  return {
    order: [...order],
    reads,
    loads,
    computes,
    waits,
    makespan: lastEnd(computes),
    bound: lowerBound(machine),
    residency,
    peakResidency: Math.max(0, ...residency.map(({ experts }) => experts.length)),
  };
}

function fill(machine: Machine, active: readonly number[], order: readonly number[], overlap: boolean): Lanes {
  if ((machine.overlap ?? 1) < 1) return fillShared(machine, active, order, overlap);
  const lanes = openLanes(machine, active, order[0] ?? 0, overlap);
  for (const expert of order) place(lanes, expert);
  return lanes;
}

/**
 * max(β + Σα, Tβ + min α) for T experts that must be loaded. A resident expert takes the first β away; an expert that
 * lies on the disk adds γ to the first, and the reads have a bound of their own: Rγ + β + min α. Where both lanes slow each
 * other, they do at most 2 / (2 − overlap) of work together in a unit of time.
 */
export function lowerBound(machine: Machine): number {
  const active = activeExperts(machine);
  const time = (expert: number) => computeTime(machine.computeTimes, expert);
  const loaded = active.filter((expert) => !machine.resident?.includes(expert));
  const { tiers, loadTime } = machine;
  const inMemory = (expert: number) =>
    !tiers || (tiers.inMemory?.includes(expert) ?? (!tiers.inMemory && expert < tiers.memoryExperts));
  const read = loaded.filter((expert) => !inMemory(expert));
  const first =
    loaded.length < active.length ? 0 : loadTime + (read.length === loaded.length ? (tiers?.diskTime ?? 0) : 0);
  const least = (experts: readonly number[]) => Math.min(...experts.map(time));
  return Math.max(
    active.length > 0 ? first + totalOf(active.map(time)) : 0,
    loaded.length > 0 ? loaded.length * loadTime + least(loaded) : 0,
    tiers && read.length > 0 ? read.length * tiers.diskTime + loadTime + least(read) : 0,
    (loaded.length * loadTime + totalOf(active.map(time))) * (1 - (machine.overlap ?? 1) / 2),
  );
}

function checkOrder(machine: Machine, active: readonly number[], order: readonly number[]): void {
  for (const expert of order) {
    if (computeTime(machine.computeTimes, expert) === 0) {
      throw new RangeError(`The order names expert ${expert}, which has no tokens: leave it out.`);
    }
  }
  const named = new Set(order);
  if (named.size < order.length) throw new RangeError('The order names an expert twice: name each once.');
  const missing = active.find((expert) => !named.has(expert));
  if (missing !== undefined)
    throw new RangeError(`The order leaves out expert ${missing}: name every expert with tokens.`);
}
