/**
 * Three lanes that fill from left to right: disk reads, loads, computes. Placing an expert appends its intervals at the
 * earliest times that the machine allows; taking it back removes them, so that a search can share the rules with the
 * simulator. One expert costs O(1).
 *
 * Rules, for load n of an expert at place p of the order, with R experts resident at the start and K slots:
 *   strict  start_load(n) ≥ end_compute(n + R − K)
 *   paper   start_load(n) ≥ end_compute(n + R − K − 1) − β
 * and for read r, with M experts of those to be loaded in a memory of `memoryExperts`:
 *   start_read(r) ≥ end_load(r + M − memoryExperts)
 * With R = 0 and strict these are start_load(t) = max(end_load(t−1), end_compute(t−K)).
 */
import { computeTime, type Machine } from './machine';

export interface Interval {
  readonly expert: number;
  readonly start: number;
  readonly end: number;
}

/** What a lane stood idle for: the interval it waits for lies on another lane. */
export type WaitReason = 'load' | 'slot' | 'disk' | 'memory' | 'turn';

export interface Wait extends Interval {
  readonly lane: 'disk' | 'load' | 'compute';
  readonly reason: WaitReason;
}

export interface Lanes {
  readonly machine: Machine;
  /** `false`: nothing is read or loaded before the expert in front of it has been computed. */
  readonly overlap: boolean;
  readonly resident: ReadonlySet<number>;
  readonly inMemory: ReadonlySet<number>;
  /** R and M of the rules. */
  readonly residentAtStart: number;
  readonly inMemoryAtStart: number;
  readonly reads: Interval[];
  readonly loads: Interval[];
  readonly computes: Interval[];
  readonly waits: Wait[];
}

/**
 * Empty lanes for an order that starts with `order[0]` and computes exactly the experts of `active`. Residents without
 * tokens give up their slots at once. If residents hold every slot and the first expert is not one of them, the last of
 * the list (the least recently used) gives way and is loaded again; so does the last in memory before a read.
 */
export function openLanes(machine: Machine, active: readonly number[], first: number, overlap: boolean): Lanes {
  const wanted = new Set(active);
  const resident = (machine.resident ?? []).filter((expert) => wanted.has(expert));
  if (machine.rule === 'strict' && resident.length === machine.slots && !resident.includes(first)) resident.pop();
  const onDevice = new Set(resident);
  const { tiers } = machine;
  const held = tiers
    ? (tiers.inMemory ?? [...machine.computeTimes.keys()].slice(0, tiers.memoryExperts))
    : [...machine.computeTimes.keys()];
  const memory = held.filter((expert) => wanted.has(expert) && !onDevice.has(expert));
  // Room for one read: which expert is loaded first is not known yet when residents come before it.
  const mustRead = active.some((expert) => !onDevice.has(expert) && !memory.includes(expert));
  const firstComesFromMemory = memory.includes(first);
  if (tiers && mustRead && memory.length === tiers.memoryExperts && !firstComesFromMemory) memory.pop();
  return {
    machine,
    overlap,
    resident: onDevice,
    inMemory: new Set(memory),
    residentAtStart: onDevice.size,
    inMemoryAtStart: memory.length,
    reads: [],
    loads: [],
    computes: [],
    waits: [],
  };
}

/** Appends the next expert of the order. */
export function place(lanes: Lanes, expert: number): void {
  const { machine, computes, waits } = lanes;
  const free = lastEnd(computes);
  const ready = lanes.resident.has(expert) ? 0 : load(lanes, expert);
  const start = Math.max(free, ready);
  if (ready > free) waits.push({ lane: 'compute', expert, start: free, end: ready, reason: 'load' });
  computes.push({ expert, start, end: start + computeTime(machine.computeTimes, expert) });
}

/** Removes the expert placed last. */
export function takeBack(lanes: Lanes): void {
  const expert = lanes.computes.pop()?.expert as number;
  while (lanes.waits.at(-1)?.expert === expert) lanes.waits.pop();
  if (lanes.resident.has(expert)) return;
  lanes.loads.pop();
  if (!lanes.inMemory.has(expert)) lanes.reads.pop();
}

export const lastEnd = (lane: readonly Interval[]): number => lane.at(-1)?.end ?? 0;

/** Appends the load, and the read in front of it; the end of the load. */
function load(lanes: Lanes, expert: number): number {
  const { machine, loads, computes } = lanes;
  const turn = lanes.overlap ? 0 : lastEnd(computes);
  const read = lanes.inMemory.has(expert) ? 0 : readFromDisk(lanes, expert, turn);
  const behind = loads.length + 1 + lanes.residentAtStart - machine.slots;
  const slot = machine.rule === 'strict' ? endAt(computes, behind) : endAt(computes, behind - 1) - machine.loadTime;
  const start = begin(lanes, 'load', expert, [
    ['turn', turn],
    ['disk', read],
    ['slot', slot],
  ]);
  const end = start + machine.loadTime;
  loads.push({ expert, start, end });
  return end;
}

function readFromDisk(lanes: Lanes, expert: number, turn: number): number {
  const { reads, loads } = lanes;
  const { diskTime, memoryExperts } = lanes.machine.tiers as NonNullable<Machine['tiers']>;
  const place = endAt(loads, reads.length + 1 + lanes.inMemoryAtStart - memoryExperts);
  const start = begin(lanes, 'disk', expert, [
    ['turn', turn],
    ['memory', place],
  ]);
  reads.push({ expert, start, end: start + diskTime });
  return start + diskTime;
}

/** The latest of what has to be waited for; the idle time is noted with the reason that lasts longest. */
function begin(
  lanes: Lanes,
  lane: 'disk' | 'load',
  expert: number,
  conditions: readonly (readonly [WaitReason, number])[],
): number {
  const free = lastEnd(lane === 'disk' ? lanes.reads : lanes.loads);
  let start = free;
  let reason: WaitReason | undefined;
  for (const [name, time] of conditions) {
    if (time > start) {
      start = time;
      reason = name;
    }
  }
  if (reason) lanes.waits.push({ lane, expert, start: free, end: start, reason });
  return start;
}

/** The end of the `count`-th interval, counting from 1; 0 before the first. */
function endAt(lane: readonly Interval[], count: number): number {
  return count < 1 ? 0 : (lane[count - 1] as Interval).end;
}
