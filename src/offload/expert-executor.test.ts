/** The executor on a device of timers: lanes that wait for what they must and for nothing else, and K slots at every moment. */
import { describe, expect, it } from 'vitest';
import { type OffloadPolicyId, offloadPolicyIds } from './any-policy';
import { ExpertExecutor, type SlotDevice } from './expert-executor';
import { expertKeys } from './expert-shape';
import { type ExpertKey, type ExpertStore, MemoryStore } from './expert-store';
import { layerMachine } from './layer-machine';
import { runPolicy } from './policies';
import { simulate } from './simulate';
import { testMachine } from './test-model';

const layers = 2;
const experts = 5;
const keys = expertKeys({ layers, experts });
const origin = ({ layer, expert }: ExpertKey) => Uint8Array.of(layer, expert, 0, 0);
const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** What lies in each slot, and who computes from it: throws where a load overwrites an expert that is computing. */
class TimedDevice implements SlotDevice {
  readonly slots: (string | null)[];
  /** Slots that a compute was asked for, and those where it has begun. */
  readonly asked = new Set<number>();
  readonly computing = new Set<number>();
  loading = 0;
  /** The most loads and computes that ever ran beside each other. */
  beside = 0;

  constructor(
    slots: number,
    private readonly loadTime: number,
  ) {
    this.slots = Array.from({ length: slots }, () => null);
  }

  async load(slot: number, bytes: Uint8Array): Promise<void> {
    if (this.asked.has(slot) && this.slots[slot] !== null)
      throw new Error(`Slot ${slot} is overwritten while it computes.`);
    if (this.loading > 0) throw new Error('Two loads at once.');
    this.loading += 1;
    this.slots[slot] = null;
    this.note();
    await pause(this.loadTime);
    this.slots[slot] = `${bytes[0]}/${bytes[1]}`;
    this.loading -= 1;
  }

  /** Computes begin when they are asked for, and are done in that order. */
  async compute(layer: number, expert: number, slot: number, time: number): Promise<void> {
    this.asked.add(slot);
    while (this.slots[slot] !== `${layer}/${expert}`) {
      if (this.loading === 0) throw new Error(`Slot ${slot} holds ${this.slots[slot]}, not ${layer}/${expert}.`);
      await pause(0.5);
    }
    this.computing.add(slot);
    this.note();
    await pause(time);
    this.computing.delete(slot);
    this.asked.delete(slot);
  }

  private note(): void {
    this.beside = Math.max(this.beside, Math.min(this.loading, 1) + Math.min(this.computing.size, 1));
  }
}

function openWith(
  policy: OffloadPolicyId,
  slots: number,
  store: ExpertStore = new MemoryStore(keys, origin),
  loadTime = 3,
) {
  const device = new TimedDevice(slots, loadTime);
  const machine = { ...testMachine, bytesPerExpert: 4 };
  const executor = new ExpertExecutor({ policy, slots, layers, experts, machine, store, device, trace: [] });
  let turn: Promise<unknown> = Promise.resolve();
  const run = (step: number, layer: number, counts: readonly number[]) =>
    executor.run({
      ...{ step, layer, counts },
      next: (layer + 1) % layers,
      compute: (expert, slot) => {
        const before = turn;
        const done = before.then(() => device.compute(layer, expert, slot, 2 + (counts[expert] ?? 0)));
        turn = done.catch(() => {});
        return done;
      },
    });
  return { device, executor, run };
}

describe('ExpertExecutor', () => {
  it.each(offloadPolicyIds)('finds every expert in its slot and keeps to K (%s)', async (policy) => {
    for (const slots of policy === 'resident' ? [10] : [1, 2, 3]) {
      const { executor, run, device } = openWith(policy, slots, undefined, 1);
      await executor.fill();
      for (let step = 0; step < 2; step++) {
        for (let layer = 0; layer < layers; layer++) {
          const { visits, timeline } = await run(step, layer, [2, 0, 1, step, 3]).done;
          expect(visits.reduce((sum, { rows }) => sum + rows, 0)).toBe(6 + step);
          expect(timeline.peakResidency).toBeLessThanOrEqual(slots);
          for (const [index, { start }] of timeline.computes.entries()) {
            expect(start).toBeGreaterThanOrEqual(timeline.computes[index - 1]?.end ?? 0);
          }
        }
      }
      expect(executor.totals.peakResidency).toBeLessThanOrEqual(slots);
      expect(executor.totals.requests).toBe(3 + 3 + 4 + 4);
      expect(device.computing.size).toBe(0);
    }
  });

  it('takes the shortest other order where the optimum is not searched, and says so', async () => {
    const store = new MemoryStore(expertKeys({ layers: 1, experts: 12 }), origin);
    const machine = { ...testMachine, bytesPerExpert: 4 };
    const device = new TimedDevice(2, 0);
    const common = { policy: 'optimum', slots: 2, layers: 1, machine, store, device } as const;
    const executor = new ExpertExecutor({ ...common, experts: 12 });
    const counts = Array.from({ length: 12 }, (_, expert) => 1 + ((expert * 5) % 12));
    const compute = (expert: number, slot: number) => device.compute(0, expert, slot, 0);
    const { timeline } = await executor.run({ step: 0, layer: 0, next: 0, counts, compute }).done;
    expect([...timeline.order].sort((a, b) => a - b)).toEqual([...counts.keys()]);
    const layer = layerMachine(machine, counts, { slots: 2, tier: 'memory' });
    const others = (['johnson', 'infmoe', 'ring'] as const).map((policy) => runPolicy(layer, policy).makespan);
    expect(simulate(layer, timeline.order).makespan).toBe(Math.min(...others));
    expect([...executor.notes]).toEqual([expect.stringContaining('more experts with tokens than the search')]);
  });

  it('loads while it computes under an order that overlaps, and never on demand', async () => {
    const ring = openWith('ring', 2);
    await ring.run(0, 0, [3, 3, 3, 3, 3]).done;
    expect(ring.device.beside).toBe(2);
    const onDemand = openWith('on-demand', 2);
    const { timeline } = await onDemand.run(0, 0, [3, 3, 3, 3, 3]).done;
    expect(onDemand.device.beside).toBe(1);
    for (const [index, load] of timeline.loads.entries()) {
      if (index > 0) expect(load.start).toBeGreaterThanOrEqual(timeline.computes[index - 1]?.end ?? NaN);
    }
    expect(timeline.waits.filter(({ lane }) => lane === 'load').every(({ reason }) => reason === 'turn')).toBe(true);
  });

  it('starts load t only when compute t − K has ended', async () => {
    for (const slots of [1, 2]) {
      const { run } = openWith('ring', slots);
      const { loads, computes, waits, order } = (await run(0, 0, [9, 9, 9, 9, 9]).done).timeline;
      expect(order).toEqual([0, 1, 2, 3, 4]);
      for (let t = slots; t < 5; t++) {
        expect(loads[t]?.start).toBeGreaterThanOrEqual(computes[t - slots]?.end ?? NaN);
      }
      expect(waits.some(({ lane, reason }) => lane === 'load' && reason === 'slot')).toBe(true);
      expect(waits.some(({ lane, reason }) => lane === 'compute' && reason === 'load')).toBe(true);
    }
  });

  it('prefetches what the token before used in the next layer, and counts it as a hit that was paid for', async () => {
    const { run, executor } = openWith('predicted', 2);
    const one = (expert: number) => Array.from({ length: experts }, (_, index) => (index === expert ? 1 : 0));
    await run(0, 0, one(1)).done;
    await run(0, 1, one(4)).done;
    // Two experts take both slots, the one that the next layer used before comes back in the place of the first.
    await run(1, 0, [0, 1, 1, 0, 0]).done;
    const { visits } = await run(1, 1, one(4)).done;
    expect(visits).toMatchObject([{ expert: 4, hit: true, rows: 1 }]);
    expect(visits[0]?.loadMs).toBeGreaterThan(0);
    expect(executor.totals).toMatchObject({ requests: 5, hits: 2, loads: 4 });
  });

  it('reads at most two experts ahead of their loads, each into a place of its own', async () => {
    let ahead = 0;
    let most = 0;
    const places = new Set<unknown>();
    const store: ExpertStore = {
      ...{ tier: 'files', reads: 0, repaired: 0 },
      fetch: async (key, into) => {
        ahead += 1;
        most = Math.max(most, ahead);
        places.add(into);
        await pause(0.5);
        into?.set(origin(key));
        return into as Uint8Array<ArrayBuffer>;
      },
      verified: async (_, bytes) => {
        ahead -= 1;
        return bytes;
      },
    };
    const { run } = openWith('ring', 2, store);
    const { reads, loads } = (await run(0, 0, [1, 1, 1, 1, 1]).done).timeline;
    expect(most).toBeLessThanOrEqual(2);
    expect(places.size).toBe(2);
    expect(reads.map(({ expert }) => expert)).toEqual([0, 1, 2, 3, 4]);
    for (const { expert, end } of reads) {
      expect(loads.find((load) => load.expert === expert)?.start).toBeGreaterThanOrEqual(end);
    }
  });

  it('hands on what a read, a load or a compute throws', async () => {
    const broken: ExpertStore = {
      ...new MemoryStore(keys, origin),
      ...{ tier: 'memory', reads: 0, repaired: 0 },
      fetch: async () => Promise.reject(new Error('no such expert')),
      verified: async (_, bytes) => bytes,
    };
    for (const policy of ['ring', 'lru'] as const) {
      const running = openWith(policy, 1, broken).run(0, 0, [1, 1, 0, 0, 0]);
      await expect(running.begun).rejects.toThrow('no such expert');
      await expect(running.done).rejects.toThrow('no such expert');
    }
  });
});
