/** The simulator's rules on random machines, and the sentences for orders that are none. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkConstraints } from './constraints';
import type { Interval } from './lanes';
import { activeExperts, type Machine, totalOf } from './machine';
import { anyMachine, plainMachine } from './machine-arbitrary';
import { lowerBound, simulate, type Timeline } from './simulate';

const seeded = { seed: 8, numRuns: 600 };
const closeTo = 1e-9;

const withOrder = (machines: fc.Arbitrary<Machine>) =>
  machines.chain((machine) => {
    const active = activeExperts(machine);
    return fc.record({
      machine: fc.constant(machine),
      order: fc.shuffledSubarray(active, { minLength: active.length }),
      overlap: fc.boolean(),
    });
  });

function expectNoOverlap(lane: readonly Interval[]): void {
  for (const [index, { start, end }] of lane.entries()) {
    expect(end).toBeGreaterThanOrEqual(start);
    expect(start).toBeGreaterThanOrEqual(lane[index - 1]?.end ?? 0);
  }
}

function expectInOrder({ reads, loads, computes }: Timeline): void {
  const endOf = (lane: readonly Interval[], expert: number) => lane.find((other) => other.expert === expert)?.end ?? 0;
  for (const { expert, start } of loads) expect(start).toBeGreaterThanOrEqual(endOf(reads, expert));
  for (const { expert, start } of computes) expect(start).toBeGreaterThanOrEqual(endOf(loads, expert));
}

describe('simulate', () => {
  it('never overlaps inside a lane, computes after the load and loads after the read, with residents and a disk too', () => {
    fc.assert(
      fc.property(withOrder(anyMachine(8)), ({ machine, order, overlap }) => {
        const timeline = simulate(machine, order, overlap);
        for (const lane of [timeline.reads, timeline.loads, timeline.computes]) expectNoOverlap(lane);
        expectInOrder(timeline);
        expect(timeline.computes.map(({ expert }) => expert)).toEqual(order);
        expect(timeline.makespan).toBeLessThan(Infinity);
      }),
      seeded,
    );
  });

  it('keeps at most K experts on the device under the strict rule, K + 2 under the paper’s', () => {
    fc.assert(
      fc.property(withOrder(anyMachine(8)), ({ machine, order, overlap }) => {
        const { peakResidency } = simulate(machine, order, overlap);
        expect(peakResidency).toBeLessThanOrEqual(machine.slots + (machine.rule === 'strict' ? 0 : 2));
      }),
      seeded,
    );
    const machine: Machine = { computeTimes: [8, 1, 1, 1, 1, 1], loadTime: 1, slots: 2, rule: 'paper' };
    expect(simulate(machine, [0, 1, 2, 3, 4, 5]).peakResidency).toBe(4);
  });

  it('keeps at most as many experts in memory as it holds', () => {
    fc.assert(
      fc.property(withOrder(anyMachine(8)), ({ machine, order, overlap }) => {
        const { reads, loads } = simulate(machine, order, overlap);
        if (!machine.tiers) return;
        const fromMemory = loads.filter(({ expert }) => !reads.some((read) => read.expert === expert));
        for (const { start } of reads) {
          const inMemory = [
            ...fromMemory.filter(({ end }) => end > start),
            ...reads.filter(
              (read) => read.start <= start && (loads.find((l) => l.expert === read.expert)?.end ?? 0) > start,
            ),
          ];
          expect(inMemory.length).toBeLessThanOrEqual(machine.tiers.memoryExperts);
        }
      }),
      seeded,
    );
  });

  it('never beats the bound, and accounts for all time on the compute lane', () => {
    fc.assert(
      fc.property(withOrder(anyMachine(8)), ({ machine, order, overlap }) => {
        const { makespan, bound, computes, waits } = simulate(machine, order, overlap);
        expect(makespan).toBeGreaterThanOrEqual(bound - closeTo);
        const waited = waits.filter(({ lane }) => lane === 'compute').map(({ start, end }) => end - start);
        expect(totalOf(waited) + totalOf(computes.map(({ start, end }) => end - start))).toBeCloseTo(makespan, 9);
      }),
      seeded,
    );
    fc.assert(
      fc.property(plainMachine(8), (machine) => {
        const { computeTimes, loadTime } = machine;
        const bound = Math.max(
          loadTime + totalOf(computeTimes),
          computeTimes.length * loadTime + Math.min(...computeTimes),
        );
        expect(lowerBound(machine)).toBe(bound);
      }),
      seeded,
    );
  });

  it('takes β + Σα whenever (i) holds and loads never wait; under the paper’s rule, whenever both constraints hold', () => {
    let reached = 0;
    fc.assert(
      fc.property(withOrder(plainMachine(6)), ({ machine, order }) => {
        const { makespan, waits } = simulate(machine, order);
        const { uncovered, overfull } = checkConstraints(machine, order);
        const freeLoads = !waits.some(({ lane }) => lane === 'load');
        const fullOverlap =
          uncovered.length === 0 && (freeLoads || (machine.rule === 'paper' && overfull.length === 0));
        if (!fullOverlap) return;
        reached++;
        expect(makespan).toBeCloseTo(machine.loadTime + totalOf(machine.computeTimes), 9);
        if (machine.rule === 'paper' && overfull.length === 0) expect(freeLoads).toBe(true);
      }),
      { seed: 8, numRuns: 3000 },
    );
    expect(reached).toBeGreaterThan(100);
  });

  it('waits as start_load(t) = max(end_load(t−1), end_compute(t−K)) says, and names the reason', () => {
    const machine: Machine = { computeTimes: [3, 1, 1], loadTime: 1, slots: 2, rule: 'strict' };
    const { loads, waits, residency, makespan } = simulate(machine, [0, 1, 2]);
    expect(loads.map(({ start }) => start)).toEqual([0, 1, 4]);
    expect(waits).toEqual([
      { lane: 'compute', expert: 0, start: 0, end: 1, reason: 'load' },
      { lane: 'load', expert: 2, start: 2, end: 4, reason: 'slot' },
    ]);
    expect(makespan).toBe(6);
    expect(residency).toEqual([
      { time: 0, experts: [0] },
      { time: 1, experts: [0, 1] },
      { time: 4, experts: [1, 2] },
      { time: 5, experts: [2] },
      { time: 6, experts: [] },
    ]);
  });

  it('reads from the disk what is not in memory, as soon as there is a place', () => {
    const tiers = { diskTime: 2, memoryExperts: 1 };
    const machine: Machine = { computeTimes: [1, 1, 1], loadTime: 1, slots: 3, rule: 'strict', tiers };
    const { reads, waits } = simulate(machine, [0, 1, 2]);
    expect(reads).toEqual([
      { expert: 1, start: 1, end: 3 },
      { expert: 2, start: 4, end: 6 },
    ]);
    expect(waits.filter(({ lane }) => lane === 'disk').map(({ reason }) => reason)).toEqual(['memory', 'memory']);
  });

  it('uses residents without loading them; if they hold every slot and none is first, the last gives way', () => {
    const machine: Machine = { computeTimes: [1, 1, 1], loadTime: 1, slots: 2, rule: 'strict', resident: [0, 1] };
    expect(simulate(machine, [0, 1, 2]).loads).toEqual([{ expert: 2, start: 1, end: 2 }]);
    expect(simulate(machine, [2, 1, 0]).loads.map(({ expert }) => expert)).toEqual([2, 1]);
  });

  it('takes no time for a layer without tokens', () => {
    const machine: Machine = { computeTimes: [0, 0], loadTime: 1, slots: 1, rule: 'strict' };
    expect(simulate(machine, [])).toMatchObject({ makespan: 0, bound: 0, residency: [], peakResidency: 0 });
  });

  it('says what is wrong with an order', () => {
    const machine: Machine = { computeTimes: [1, 0, 2], loadTime: 1, slots: 1, rule: 'strict' };
    expect(() => simulate(machine, [0])).toThrow('The order leaves out expert 2: name every expert with tokens.');
    expect(() => simulate(machine, [0, 2, 0])).toThrow('The order names an expert twice: name each once.');
    expect(() => simulate(machine, [0, 1, 2])).toThrow('The order names expert 1, which has no tokens: leave it out.');
    expect(() => simulate(machine, [0, 2, 3])).toThrow('There is no expert 3: choose from 0 to 2.');
  });
});
