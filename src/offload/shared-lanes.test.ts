/** Loads and computes that slow each other: the same lanes without it, and never better for it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activeExperts, type Machine, parseMachine, totalOf } from './machine';
import { anyMachine, permutations, plainMachine } from './machine-arbitrary';
import { runPolicy } from './policies';
import { shortestOrder } from './search';
import { fillShared } from './shared-lanes';
import { simulate, type Timeline } from './simulate';

const seeded = { seed: 8, numRuns: 600 };

const withOrder = (machines: fc.Arbitrary<Machine>) =>
  machines.chain((machine) => {
    const active = activeExperts(machine);
    return fc.record({
      machine: fc.constant(machine),
      order: fc.shuffledSubarray(active, { minLength: active.length }),
      overlap: fc.boolean(),
    });
  });

/** All work one after the other. */
const serial = ({ loadTime, tiers }: Machine, { reads, loads, computes }: Timeline): number =>
  reads.length * (tiers?.diskTime ?? 0) +
  loads.length * loadTime +
  totalOf(computes.map(({ start, end }) => end - start));

const share = fc.integer({ min: 0, max: 63 }).map((steps) => steps / 64);

describe('lanes that slow each other', () => {
  it('are, at an overlap of 1, the lanes that do not: the same intervals and the same waits', () => {
    fc.assert(
      fc.property(withOrder(anyMachine(8)), ({ machine, order, overlap }) => {
        const { reads, loads, computes, waits } = simulate(machine, order, overlap);
        const shared = fillShared(machine, activeExperts(machine), order, overlap);
        for (const [lane, other] of [
          [reads, shared.reads],
          [loads, shared.loads],
          [computes, shared.computes],
          [waits, shared.waits],
        ] as const) {
          const by = (a: { start: number; expert: number }, b: { start: number; expert: number }) =>
            a.start - b.start || a.expert - b.expert;
          const sorted = [...lane].sort(by);
          expect(other).toHaveLength(lane.length);
          for (const [index, interval] of [...other].sort(by).entries()) {
            expect(interval.expert).toBe(sorted[index]?.expert);
            expect(interval.start).toBeCloseTo(sorted[index]?.start ?? NaN, 9);
            expect(interval.end).toBeCloseTo(sorted[index]?.end ?? NaN, 9);
          }
        }
      }),
      seeded,
    );
  });

  it('leaves a machine without the field, and one with an overlap of 1, exactly as they are', () => {
    fc.assert(
      fc.property(withOrder(anyMachine(8)), ({ machine, order, overlap }) => {
        expect(simulate({ ...machine, overlap: 1 }, order, overlap)).toEqual(simulate(machine, order, overlap));
      }),
      { seed: 8, numRuns: 100 },
    );
  });

  it('takes no less than without, and no more than all work one after the other', () => {
    fc.assert(
      fc.property(withOrder(anyMachine(8)), share, ({ machine, order, overlap }, slowed) => {
        const free = simulate(machine, order, overlap);
        const shared = simulate({ ...machine, overlap: slowed }, order, overlap);
        expect(shared.makespan).toBeGreaterThanOrEqual(shared.bound - 1e-9);
        expect(shared.makespan).toBeGreaterThanOrEqual(free.makespan - 1e-9);
        const work = serial(machine, { ...shared, computes: free.computes });
        expect(shared.makespan).toBeLessThanOrEqual(work + 1e-9);
      }),
      seeded,
    );
  });

  it('takes the sum of both lanes at an overlap of 0, as long as something always runs', () => {
    fc.assert(
      fc.property(withOrder(plainMachine(6)), ({ machine, order }) => {
        const { makespan } = simulate({ ...machine, overlap: 0 }, order);
        expect(makespan).toBeCloseTo(order.length * machine.loadTime + totalOf(machine.computeTimes), 9);
      }),
      seeded,
    );
  });

  it('gets longer on average with every step down from 1 to 0', () => {
    const machines = fc.sample(withOrder(plainMachine(6)), { seed: 8, numRuns: 300 });
    const mean = (overlap: number) =>
      totalOf(machines.map(({ machine, order }) => simulate({ ...machine, overlap }, order).makespan)) / 300;
    const means = [1, 0.75, 0.5, 0.25, 0].map(mean);
    for (const [index, time] of means.slice(1).entries()) expect(time).toBeGreaterThan(means[index] as number);
  });

  it('still keeps at most K experts on the device under the strict rule, K + 2 under the paper’s', () => {
    fc.assert(
      fc.property(withOrder(anyMachine(8)), share, ({ machine, order, overlap }, slowed) => {
        const { peakResidency } = simulate({ ...machine, overlap: slowed }, order, overlap);
        expect(peakResidency).toBeLessThanOrEqual(machine.slots + (machine.rule === 'strict' ? 0 : 2));
      }),
      seeded,
    );
  });

  it('divides the rate of both by 2 − o while both run', () => {
    const machine: Machine = { computeTimes: [4, 4], loadTime: 2, slots: 2, rule: 'strict', overlap: 0.5 };
    const { loads, computes } = simulate(machine, [0, 1]);
    // The second load has its 2 units at 2/3 of the rate: 3, in which the compute beside it does 2 of 4.
    expect(loads).toEqual([
      { expert: 0, start: 0, end: 2 },
      { expert: 1, start: 2, end: 5 },
    ]);
    expect(computes).toEqual([
      { expert: 0, start: 2, end: 7 },
      { expert: 1, start: 7, end: 11 },
    ]);
  });

  it('finds the shortest of all orders, and says up to how many experts', () => {
    fc.assert(
      fc.property(plainMachine(5), share, (plain, overlap) => {
        const machine = { ...plain, overlap };
        const all = permutations(activeExperts(machine)).map((order) => simulate(machine, order).makespan);
        expect(runPolicy(machine, 'optimum').makespan).toBeCloseTo(Math.min(...all), 9);
      }),
      { seed: 8, numRuns: 60 },
    );
    const eight: Machine = { computeTimes: Array(8).fill(1), loadTime: 1, slots: 2, rule: 'strict', overlap: 0.5 };
    expect(() => shortestOrder(eight, [])).toThrow(
      'The optimum is searched for up to 7 experts where loads and computes slow each other, here 8 have tokens',
    );
  });

  it('reads the overlap from JSON, and says what is none', () => {
    const machine = { computeTimes: [1], loadTime: 1, slots: 1 };
    expect(parseMachine({ ...machine, overlap: 0.25 }).overlap).toBe(0.25);
    expect(() => parseMachine({ ...machine, overlap: 1.5 })).toThrow('overlap is 1.5: give a number from 0');
    expect(() => parseMachine({ ...machine, overlap: NaN })).toThrow('overlap is NaN');
  });
});
