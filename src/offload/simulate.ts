/**
 * Machine and order → timeline. A pure function: what each lane does when, where it waits, who is on the device, and how
 * far from the bound that no order beats. The rules stand in lanes.ts. It knows nothing of transfers and compute slowing
 * each other: whoever measures that puts it into α and β.
 */
import { type Interval, lastEnd, openLanes, place, type Wait } from './lanes';
import { activeExperts, computeTime, type Machine, totalOf } from './machine';

/** From `time` on, until the next entry, these experts hold slots (from the start of a load to the end of a compute). */
export interface Residency {
  readonly time: number;
  readonly experts: readonly number[];
}

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
  const lanes = openLanes(machine, active, order[0] ?? 0, overlap);
  for (const expert of order) place(lanes, expert);
  const { reads, loads, computes, waits } = lanes;
  const residency = residencyOf(lanes.resident, loads, computes);
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

/**
 * max(β + Σα, Tβ + min α) for T experts that must be loaded. A resident expert takes the first β away; an expert that
 * lies on the disk adds γ to the first, and the reads have a bound of their own: Rγ + β + min α.
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

function residencyOf(
  resident: ReadonlySet<number>,
  loads: readonly Interval[],
  computes: readonly Interval[],
): Residency[] {
  const events = [
    ...computes.map(({ expert, end }) => ({ time: end, expert, arrives: false })),
    ...loads.map(({ expert, start }) => ({ time: start, expert, arrives: true })),
  ].sort((a, b) => a.time - b.time || Number(a.arrives) - Number(b.arrives));
  const present = new Set(resident);
  const steps: Residency[] = resident.size > 0 ? [{ time: 0, experts: [...present] }] : [];
  for (const { time, expert, arrives } of events) {
    if (arrives) present.add(expert);
    else present.delete(expert);
    if (steps.at(-1)?.time === time) steps.pop();
    steps.push({ time, experts: [...present] });
  }
  return steps;
}
