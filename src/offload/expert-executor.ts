/**
 * Carries out on a real device what the simulator only times: for each layer the order of a policy, with reads, loads and
 * computes as three lanes that wait for each other and for nothing else. It keeps the K slots, counts what moves, and notes
 * when everything began and ended.
 *
 * An order policy starts every layer with empty slots and leaves them empty, as InfMoE does. A cache takes the experts of a
 * layer in index order and leaves them where they are.
 */
import { isCachePolicy, type OffloadPolicyId } from './any-policy';
import { type CachePolicyId, type ExpertCache, type ExpertRequest, openCache } from './caches';
import type { LayerRun, OffloadTotals } from './expert-run';
import { expertKeys } from './expert-shape';
import { type ExpertKey, type ExpertStore, expertName } from './expert-store';
import type { Interval } from './lanes';
import { layerMachine } from './layer-machine';
import type { Machine } from './machine';
import type { MeasuredMachine } from './measured-machine';
import { expertVisits, measuredTimeline } from './measured-timeline';
import { type Policy, type PolicyId, policies, runPolicy } from './policies';
import { readAhead } from './read-ahead';
import { quiet, type Running, running } from './running';

/** Where experts are copied to. */
export interface SlotDevice {
  /** Begins to copy an expert into a slot; resolves when it is there. What is started on the device afterwards finds it there. */
  load(slot: number, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
}

/** One layer whose routing is known. */
export interface LayerWork {
  readonly step: number;
  readonly layer: number;
  /** The layer that will be asked for next. */
  readonly next: number;
  /** Rows of each expert. */
  readonly counts: readonly number[];
  /** The order of computing where it is known already; else the policy makes it. */
  readonly order?: readonly number[] | undefined;
  /** Begins to compute an expert's rows from its slot; resolves when that is done. */
  compute(expert: number, slot: number): Promise<void>;
}

interface Planned {
  readonly expert: number;
  readonly slot: number;
  readonly hit: boolean;
  /** What brings it, or brought it last; null where it lay there from the start. */
  readonly load: Running<Interval> | null;
  /** The load was made for this request. */
  readonly paid: boolean;
}

export interface ExecutorOptions {
  readonly policy: OffloadPolicyId;
  /** K. */
  readonly slots: number;
  readonly layers: number;
  readonly experts: number;
  readonly machine: MeasuredMachine;
  readonly store: ExpertStore;
  readonly device: SlotDevice;
  /** What will be asked for, for a cache that must know. */
  readonly trace?: readonly ExpertRequest[] | undefined;
}

const settled: Promise<void> = Promise.resolve();

/** Throws a sentence where a policy needs more slots. */
export function requireSlots(policy: OffloadPolicyId, slots: number, everyone: number): void {
  if (policy !== 'resident' || slots >= everyone) return;
  throw new RangeError(
    `All resident needs ${everyone} slots, one for every expert, and there are ${slots}: raise K or the budget, or choose another policy.`,
  );
}

export class ExpertExecutor {
  /** What was asked for, in the order of computing. */
  readonly trace: ExpertRequest[] = [];
  /** What a person should know of how it ran, as sentences. */
  readonly notes = new Set<string>();
  readonly #cache: ExpertCache | null;
  readonly #slotOf = new Map<string, number>();
  /** Of each slot: when its last load or compute is over, and what was loaded into it last. */
  readonly #free: Promise<unknown>[];
  readonly #loaded: (Running<Interval> | null)[];
  /** Slots whose expert was predicted and has not been asked for since. */
  readonly #predicted = new Set<number>();
  readonly #occupied = new Set<number>();
  readonly #readsAhead: Promise<unknown>[] = [];
  readonly #places: readonly Uint8Array<ArrayBuffer>[];
  #nextPlace = 0;
  #reads: Promise<unknown> = settled;
  #loads: Promise<unknown> = settled;
  #hits = 0;
  #requests = 0;
  #moved = 0;
  #peak = 0;
  #times = { loadMs: 0, computeMs: 0, waitMs: 0 };

  constructor(private readonly options: ExecutorOptions) {
    const { policy, slots, layers, experts, trace = [] } = options;
    requireSlots(policy, slots, layers * experts);
    this.#cache = isCachePolicy(policy) ? openCache(policy satisfies CachePolicyId, trace, slots) : null;
    const places = options.store.tier === 'files' ? readAhead : 0;
    this.#places = Array.from({ length: places }, () => new Uint8Array(options.machine.bytesPerExpert));
    this.#free = Array.from({ length: slots }, () => settled);
    this.#loaded = Array.from({ length: slots }, () => null);
  }

  get totals(): OffloadTotals {
    const { machine, slots, store } = this.options;
    const { bytesPerExpert } = machine;
    return {
      requests: this.#requests,
      hits: this.#hits,
      hitRate: this.#requests === 0 ? 1 : this.#hits / this.#requests,
      loads: this.#moved,
      bytesMoved: this.#moved * bytesPerExpert,
      residency: this.#occupied.size,
      peakResidency: this.#peak,
      slotBytes: slots * bytesPerExpert,
      bytesPerExpert,
      reads: store.reads,
      repaired: store.repaired,
      ...this.#times,
    };
  }

  /** Brings every expert before the first layer, for `resident`. */
  async fill(): Promise<void> {
    if (this.options.policy !== 'resident') return;
    for (const key of expertKeys(this.options)) this.#load(key, this.#slotOf.size, settled);
    await this.#loads;
  }

  /** Begins a layer. `begun` resolves when its last compute is under way, `done` when it and all that is measured is. */
  run(work: LayerWork): Running<LayerRun> {
    const { layer, step, counts, order = this.#order(counts) } = work;
    for (const [expert, count] of counts.entries()) {
      if (count > 0) this.trace.push({ token: step, layer, expert });
    }
    const start = performance.now();
    const reads: Interval[] = [];
    const computes: Running<Interval>[] = [];
    const plan: Planned[] = [];
    let previous: Running<Interval> | null = null;
    for (const planned of this.#plan(work, order, () => previous, reads)) {
      const compute = this.#compute(work, planned, previous);
      this.#free[planned.slot] = compute.done;
      quiet(compute);
      computes.push(compute);
      plan.push(planned);
      previous = compute;
    }
    this.#predict(work);
    return {
      begun: Promise.all(computes.map(({ begun }) => begun)).then(() => {}),
      done: this.#finish(work, plan, reads, computes, start),
    };
  }

  /** Caches compute in index order, so that what they hold does not depend on what was measured. */
  #order(counts: readonly number[]): readonly number[] {
    const { policy, slots, machine, store } = this.options;
    if (isCachePolicy(policy)) return [...counts.keys()].filter((expert) => (counts[expert] ?? 0) > 0);
    const layer = layerMachine(machine, counts, { slots, tier: store.tier });
    if (policy !== 'optimum') return policies[policy].order(layer);
    try {
      return policies.optimum.order(layer);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.notes.add(beyondSearch);
      return shortestPolicy(layer);
    }
  }

  /** In the order of computing; a generator, because what may start depends on what was planned before. */
  *#plan(
    { layer, step }: LayerWork,
    order: readonly number[],
    previous: () => Running<Interval> | null,
    reads: Interval[],
  ): Generator<Planned> {
    const { policy, slots } = this.options;
    if (this.#cache) {
      for (const expert of order) {
        const { hit, evicted } = this.#cache.use({ token: step, layer, expert });
        const slot = hit ? this.#slot({ layer, expert }) : this.#takeSlot(evicted);
        const load = hit ? (this.#loaded[slot] ?? null) : this.#load({ layer, expert }, slot, settled, reads);
        yield { expert, slot, hit, load, paid: this.#predicted.delete(slot) || !hit };
      }
      return;
    }
    const { overlap, allResident }: Policy = policies[policy as PolicyId];
    for (const [place, expert] of order.entries()) {
      if (allResident) {
        yield { expert, slot: this.#slot({ layer, expert }), hit: true, load: null, paid: false };
        continue;
      }
      const slot = place % slots;
      const turn = overlap ? settled : (previous()?.done ?? settled);
      yield { expert, slot, hit: false, load: this.#load({ layer, expert }, slot, turn, reads), paid: true };
    }
  }

  /** Loads what a policy that predicts expects of the next layer, while this one computes. */
  #predict({ next }: LayerWork): void {
    for (const { key, evicted } of this.#cache?.loadAhead(next) ?? []) {
      const [layer = 0, expert = 0] = key.split('/').map(Number);
      const slot = this.#takeSlot(evicted);
      this.#load({ layer, expert }, slot, settled);
      this.#predicted.add(slot);
    }
  }

  #slot(key: ExpertKey): number {
    return this.#slotOf.get(expertName(key)) as number;
  }

  /** The slot of the expert that gives way, or one that nothing was loaded into yet. */
  #takeSlot(evicted: string | null): number {
    const slot = evicted === null ? this.#loaded.indexOf(null) : this.#slotOf.get(evicted);
    if (slot === undefined || slot < 0)
      throw new Error(`No slot of ${this.options.slots} is free: more than K experts.`);
    if (evicted !== null) this.#slotOf.delete(evicted);
    this.#predicted.delete(slot);
    return slot;
  }

  /** A load starts when the one before has ended, its bytes are there, its slot is free, and `turn` has come. */
  #load(key: ExpertKey, slot: number, turn: Promise<unknown>, reads?: Interval[]): Running<Interval> {
    const lane = this.#loads;
    const free = this.#free[slot] as Promise<unknown>;
    const bytes = this.#read(key, turn, reads);
    this.#slotOf.set(expertName(key), slot);
    const load = running(async (begun) => {
      const [expertBytes] = await Promise.all([bytes, lane, free, turn]);
      const start = performance.now();
      this.#occupied.add(slot);
      this.#peak = Math.max(this.#peak, this.#occupied.size);
      this.#moved += 1;
      const done = this.options.device.load(slot, await this.options.store.verified(key, expertBytes));
      begun();
      await done;
      const end = performance.now();
      this.#times.loadMs += end - start;
      return { expert: key.expert, start, end };
    });
    quiet(load);
    this.#loads = load.done;
    this.#free[slot] = load.done;
    this.#loaded[slot] = load;
    if (this.options.store.tier === 'files') this.#readsAhead.push(load.done);
    return load;
  }

  /** A read starts when the one before has ended and one of the places in memory is free. */
  async #read(key: ExpertKey, turn: Promise<unknown>, reads?: Interval[]): Promise<Uint8Array<ArrayBuffer>> {
    const { store } = this.options;
    if (store.tier === 'memory') return store.fetch(key);
    const lane = this.#reads;
    const place = this.#readsAhead.length >= readAhead ? this.#readsAhead.shift() : settled;
    // The place is the memory that the expert lies in until its load has ended.
    const into = this.#places[this.#nextPlace++ % readAhead];
    const read = (async () => {
      await Promise.all([lane, place, turn]);
      const start = performance.now();
      const bytes = await store.fetch(key, into);
      reads?.push({ expert: key.expert, start, end: performance.now() });
      return bytes;
    })();
    read.catch(() => {});
    this.#reads = read;
    return read;
  }

  #compute(work: LayerWork, planned: Planned, previous: Running<Interval> | null): Running<Interval> {
    const { expert, slot, load } = planned;
    return running(async (begun) => {
      await Promise.all([previous?.begun, load?.begun]);
      const asked = performance.now();
      const done = work.compute(expert, slot);
      begun();
      await done;
      const end = performance.now();
      // An order leaves nothing behind.
      if (!this.#cache && load) this.#occupied.delete(slot);
      // The device works in the order in which it was asked, so it began when it had finished what comes before.
      const before = await Promise.all([previous?.done, load?.done]);
      const start = Math.min(end, Math.max(asked, ...before.map((interval) => interval?.end ?? 0)));
      return { expert, start, end };
    });
  }

  async #finish(
    { step, layer, counts }: LayerWork,
    plan: readonly Planned[],
    reads: readonly Interval[],
    computing: readonly Running<Interval>[],
    begun: number,
  ): Promise<LayerRun> {
    const { machine, slots, store, policy } = this.options;
    const overlap = isCachePolicy(policy) || policies[policy].overlap;
    const computes = await Promise.all(computing.map(({ done }) => done));
    const loads = await Promise.all(plan.map(({ load, paid }) => (paid && load ? load.done : null)));
    const own = loads.filter((load, index): load is Interval => load !== null && !plan[index]?.hit);
    const hits = plan.filter(({ hit }) => hit).map(({ expert }) => expert);
    this.#requests += plan.length;
    this.#hits += hits.length;
    const on = { ...layerMachine(machine, counts, { slots, tier: store.tier }), resident: hits };
    // Experts of other layers hold slots too; an order has none.
    const others = isCachePolicy(policy) || policy === 'resident' ? this.#occupied.size : 0;
    const timeline = measuredTimeline(on, { begun, reads, loads: own, computes, others, overlap });
    for (const { start, end } of computes) this.#times.computeMs += end - start;
    for (const wait of timeline.waits) if (wait.lane === 'compute') this.#times.waitMs += wait.end - wait.start;
    return {
      step,
      layer,
      visits: expertVisits(layer, counts, plan, loads, computes),
      timeline,
    };
  }
}

const beyondSearch =
  'Some layers had more experts with tokens than the search for the optimum takes: they took the shortest of Johnson’s, InfMoE’s and the index order.';

/** The order with the least makespan of those that need no search. */
function shortestPolicy(machine: Machine): readonly number[] {
  const runs = (['johnson', 'infmoe', 'ring'] as const).map((policy) => runPolicy(machine, policy));
  return runs.reduce((best, run) => (run.makespan < best.makespan ? run : best)).order;
}
