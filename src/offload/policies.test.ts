/** Orders against brute force, the papers' figures, and how often the greedy order misses what it looks for. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkConstraints } from './constraints';
import { activeExperts, type Machine, totalOf } from './machine';
import { anyMachine, permutations, plainMachine } from './machine-arbitrary';
import { parsePolicy, policies, policyIds, runPolicy } from './policies';
import { type OffloadPreset, parsePreset, presets } from './presets';
import { lowerBound, simulate } from './simulate';

const bruteForce = (machine: Machine) =>
  Math.min(...permutations(activeExperts(machine)).map((order) => simulate(machine, order).makespan));

describe('policies', () => {
  it('Johnson’s rule equals brute force without a slot limit, up to seven experts', () => {
    const property = (machine: Machine) => {
      const spacious: Machine = { ...machine, slots: machine.computeTimes.length };
      expect(runPolicy(spacious, 'johnson').makespan).toBe(bruteForce(spacious));
    };
    fc.assert(fc.property(plainMachine(5), property), { seed: 8, numRuns: 200 });
    fc.assert(fc.property(plainMachine(7), property), { seed: 7, numRuns: 12 });
  });

  it('the search equals brute force with a slot limit under both rules', () => {
    fc.assert(
      fc.property(plainMachine(6), (machine) => {
        expect(runPolicy(machine, 'optimum').makespan).toBe(bruteForce(machine));
      }),
      { seed: 8, numRuns: 150 },
    );
  });

  it('the search equals brute force with residents, a disk and experts without tokens', () => {
    fc.assert(
      fc.property(anyMachine(5), (machine) => {
        expect(runPolicy(machine, 'optimum').makespan).toBe(
          activeExperts(machine).length > 0 ? bruteForce(machine) : 0,
        );
      }),
      { seed: 8, numRuns: 300 },
    );
  });

  it('the search answers for ten experts and refuses eleven', () => {
    const machine = (experts: number): Machine => ({
      computeTimes: Array.from({ length: experts }, (_, expert) => 0.3 + ((expert * 7) % 11) / 5),
      loadTime: 1,
      slots: 2,
      rule: 'strict',
    });
    const found = runPolicy(machine(10), 'optimum').makespan;
    expect(found).toBeLessThanOrEqual(runPolicy(machine(10), 'johnson').makespan);
    expect(found).toBeGreaterThanOrEqual(lowerBound(machine(10)));
    expect(() => runPolicy(machine(11), 'optimum')).toThrow(
      'The optimum is searched for up to 10 experts, here 11 have tokens: choose another policy, or a smaller layer.',
    );
  });

  it('every policy runs on every machine; none but all-resident beats the optimum', () => {
    fc.assert(
      fc.property(anyMachine(6), (machine) => {
        const optimum = runPolicy(machine, 'optimum').makespan;
        for (const id of policyIds) {
          const { makespan } = runPolicy(machine, id);
          if (id === 'resident') expect(makespan).toBeCloseTo(totalOf(machine.computeTimes), 9);
          else expect(makespan).toBeGreaterThanOrEqual(optimum);
        }
      }),
      { seed: 8, numRuns: 300 },
    );
  });

  it('on demand takes Tβ + Σα, whatever K is', () => {
    fc.assert(
      fc.property(plainMachine(8), (machine) => {
        const { computeTimes, loadTime } = machine;
        expect(runPolicy(machine, 'on-demand').makespan).toBeCloseTo(
          computeTimes.length * loadTime + totalOf(computeTimes),
          9,
        );
      }),
      { seed: 8 },
    );
  });

  it('in 2,000 small cases the greedy order misses a feasible one in some, and does not always overlap in K slots', () => {
    const cases = fc.sample(plainMachine(5), { seed: 2000, numRuns: 2000 });
    const keeps = (machine: Machine, order: readonly number[]) => checkConstraints(machine, order).mends.length === 0;
    let missed = 0;
    let notOverlapping = 0;
    for (const machine of cases) {
      const order = policies.infmoe.order(machine);
      if (keeps(machine, order)) {
        const { makespan } = simulate({ ...machine, rule: 'strict' }, order);
        if (makespan > machine.loadTime + totalOf(machine.computeTimes)) notOverlapping++;
      } else if (permutations(activeExperts(machine)).some((other) => keeps(machine, other))) missed++;
    }
    expect(missed).toBeGreaterThan(0);
    expect(notOverlapping).toBeGreaterThan(missed);
    expect(missed + notOverlapping).toBeLessThan(1000);
  });

  it('lists the known policies when asked for an unknown one', () => {
    expect(() => parsePolicy('fifo')).toThrow(
      'There is no policy "fifo": choose resident, on-demand, ring, infmoe, johnson, optimum.',
    );
  });
});

describe('presets', () => {
  it('give the makespans that the papers print, to the printed digits', () => {
    for (const { machine, printed, digits } of Object.values<OffloadPreset>(presets)) {
      for (const id of policyIds) {
        if (printed[id] === undefined) continue;
        expect(runPolicy(machine, id).makespan.toFixed(digits)).toBe(printed[id].toFixed(digits));
      }
    }
  });

  it('Figure 4: the order 4-1-3-2 keeps both constraints and takes β + Σα; with strict slots it needs a third', () => {
    const { machine } = presets['figure-4'];
    const { order, makespan } = runPolicy(machine, 'infmoe');
    expect(order).toEqual([3, 0, 2, 1]);
    expect(makespan).toBeCloseTo(1 + 0.32 + 0.51 + 0.87 + 1.94, 9);
    expect(checkConstraints(machine, order)).toEqual({ uncovered: [], overfull: [], mends: [] });
    expect(runPolicy({ ...machine, rule: 'strict' }, 'infmoe').makespan).toBeGreaterThan(4.64);
    expect(runPolicy({ ...machine, rule: 'strict', slots: 3 }, 'infmoe').makespan).toBeCloseTo(4.64, 9);
  });

  it('Figure 5: totals as read off the plot', () => {
    const { computeTimes, loadTime } = presets['figure-5'].machine;
    expect(totalOf(computeTimes)).toBeCloseTo(0.77, 9);
    expect(loadTime * computeTimes.length).toBeCloseTo(0.8, 9);
  });

  it('GLM-130B: 13 loads of 75 ms bound the pass, and no order helps', () => {
    const { machine } = presets['glm-130b'];
    const { makespan, bound } = runPolicy(machine, 'ring');
    expect(makespan).toBe(bound);
    expect(makespan).toBeCloseTo(13 * 75 + (machine.computeTimes[0] ?? 0), 6);
  });

  it('lists the known ones', () => {
    expect(() => parsePreset('figure-6')).toThrow(
      'There is no preset "figure-6": choose figure-4, figure-5, glm-130b, cpm-2-v100, cpm-2-consumer, phone.',
    );
  });
});
