/**
 * Lanes of a device where a load and a compute slow each other, filled by going from event to event. With an overlap o of 1
 * neither notices the other; with 0 they take turns; while both run, each goes at the rate 1 / (2 − o). Reads from the disk
 * slow nothing. When what may start is the business of the rules in lanes.ts, said here as conditions on what has ended.
 */
import { type Interval, type Lanes, lastEnd, openLanes, type WaitReason } from './lanes';
import { computeTime, type Machine } from './machine';

/** Work under way: `left` is the time it would still take alone. */
interface Job {
  readonly expert: number;
  readonly start: number;
  left: number;
}

/** Two ends that differ by less than this share are one event. */
const tolerance = 1e-12;

/** What `openLanes` and `place` do for every expert of `order`, on a machine whose loads and computes slow each other. */
export function fillShared(
  machine: Machine,
  active: readonly number[],
  order: readonly number[],
  overlap: boolean,
): Lanes {
  const lanes = openLanes(machine, active, order[0] ?? 0, overlap);
  new Events(machine, lanes, order).run();
  return lanes;
}

class Events {
  private time = 0;
  private read: Job | null = null;
  private load: Job | null = null;
  private compute: Job | null = null;
  private readonly toLoad: readonly number[];
  private readonly toRead: readonly number[];
  /** Why the lane's next job could not start when it was last asked for. */
  private readonly blocked: { disk: WaitReason | null; load: WaitReason | null } = { disk: null, load: null };

  constructor(
    private readonly machine: Machine,
    private readonly lanes: Lanes,
    private readonly order: readonly number[],
  ) {
    this.toLoad = order.filter((expert) => !lanes.resident.has(expert));
    this.toRead = this.toLoad.filter((expert) => !lanes.inMemory.has(expert));
  }

  run(): void {
    while (this.lanes.computes.length < this.order.length) {
      this.startReads();
      this.startLoads();
      this.startComputes();
      this.advance();
    }
  }

  private startReads(): void {
    const expert = this.toRead[this.lanes.reads.length];
    if (this.read || expert === undefined) return;
    const { diskTime, memoryExperts } = this.machine.tiers as NonNullable<Machine['tiers']>;
    const place = this.lanes.reads.length + 1 + this.lanes.inMemoryAtStart - memoryExperts;
    const free = this.starts('disk', expert, lastEnd(this.lanes.reads), [
      ['turn', this.hasTurn(expert)],
      ['memory', this.lanes.loads.length >= place],
    ]);
    if (free) this.read = { expert, start: this.time, left: diskTime };
  }

  private startLoads(): void {
    const expert = this.toLoad[this.lanes.loads.length];
    if (this.load || expert === undefined) return;
    const { reads, inMemory, loads } = this.lanes;
    const free = this.starts('load', expert, lastEnd(loads), [
      ['turn', this.hasTurn(expert)],
      ['disk', inMemory.has(expert) || reads.some((read) => read.expert === expert)],
      ['slot', this.untilSlot() <= 0],
    ]);
    if (free) this.load = { expert, start: this.time, left: this.machine.loadTime };
  }

  private startComputes(): void {
    const { computes, loads, resident, waits } = this.lanes;
    const expert = this.order[computes.length];
    if (this.compute || expert === undefined) return;
    if (!resident.has(expert) && !loads.some((load) => load.expert === expert)) return;
    const free = lastEnd(computes);
    if (this.time > free) waits.push({ lane: 'compute', expert, start: free, end: this.time, reason: 'load' });
    this.compute = { expert, start: this.time, left: computeTime(this.machine.computeTimes, expert) };
  }

  /** Whether all conditions hold; notes the idle time of the lane with the condition that was met last. */
  private starts(
    lane: 'disk' | 'load',
    expert: number,
    free: number,
    conditions: readonly (readonly [WaitReason, boolean])[],
  ): boolean {
    const missing = conditions.find(([, holds]) => !holds);
    if (missing) {
      this.blocked[lane] = missing[0];
      return false;
    }
    const reason = this.blocked[lane];
    if (this.time > free && reason) this.lanes.waits.push({ lane, expert, start: free, end: this.time, reason });
    this.blocked[lane] = null;
    return true;
  }

  private hasTurn(expert: number): boolean {
    return this.lanes.overlap || this.lanes.computes.length >= this.order.indexOf(expert);
  }

  /**
   * How long the next load still waits for a slot if computing goes on alone; Infinity while that cannot be known. Under the
   * paper's rule it may begin when it would not end before the compute that it waits for, and both would slow each other alike.
   */
  private untilSlot(): number {
    const { machine, lanes } = this;
    const behind = lanes.loads.length + 1 + lanes.residentAtStart - machine.slots;
    const computed = lanes.computes.length;
    if (machine.rule === 'strict') return computed >= behind ? 0 : Infinity;
    if (computed >= behind - 1) return 0;
    if (!this.compute) return Infinity;
    const waiting = this.order.slice(computed + 1, behind - 1);
    const left = waiting.reduce((sum, expert) => sum + computeTime(machine.computeTimes, expert), this.compute.left);
    const wait = left - machine.loadTime;
    return wait > left * tolerance ? wait : 0;
  }

  private advance(): void {
    const { load, compute, read, lanes, machine } = this;
    const rate = load && compute ? 1 / (2 - (machine.overlap ?? 1)) : 1;
    const next = Math.min(
      load ? load.left / rate : Infinity,
      compute ? compute.left / rate : Infinity,
      read ? read.left : Infinity,
      // The moment at which a load may begin under the paper's rule is the end of nothing.
      !load && this.blocked.load === 'slot' ? this.untilSlot() : Infinity,
    );
    if (!Number.isFinite(next))
      throw new Error('Nothing runs and nothing can start: the slot rule contradicts itself.');
    this.time += next;
    this.load = this.spend(load, next * rate, lanes.loads);
    this.compute = this.spend(compute, next * rate, lanes.computes);
    this.read = this.spend(read, next, lanes.reads);
  }

  /** The job with less left; null when it has ended, and its interval is noted. */
  private spend(job: Job | null, work: number, ended: Interval[]): Job | null {
    if (!job) return null;
    job.left -= work;
    if (job.left > (job.left + work) * tolerance) return job;
    ended.push({ expert: job.expert, start: job.start, end: this.time });
    return null;
  }
}
