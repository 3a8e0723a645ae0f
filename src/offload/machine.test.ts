/** What is no machine is refused with a sentence. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activeExperts, parseMachine } from './machine';
import { anyMachine } from './machine-arbitrary';

const machine = { computeTimes: [1, 0, 2], loadTime: 1, slots: 2 };

describe('parseMachine', () => {
  it('reads what it wrote, takes the strict rule by default and finds the experts with tokens', () => {
    fc.assert(
      fc.property(anyMachine(8), (value) => {
        expect(parseMachine(JSON.parse(JSON.stringify(value)))).toEqual(value);
      }),
      { seed: 8 },
    );
    expect(parseMachine(machine).rule).toBe('strict');
    expect(activeExperts(parseMachine(machine))).toEqual([0, 2]);
  });

  it.each([
    [null, 'The machine is null: give an object with computeTimes, loadTime, slots, rule, resident, tiers, overlap.'],
    [{ ...machine, beta: 1 }, 'The machine has an unknown field "beta": it knows computeTimes, loadTime'],
    [{ ...machine, computeTimes: [] }, 'computeTimes is []: give a list with the compute time of each expert.'],
    [{ loadTime: 1, slots: 1 }, 'computeTimes is missing: give a list'],
    [{ ...machine, computeTimes: [1, NaN] }, 'computeTimes[1] is NaN: give a time of at least 0'],
    [{ ...machine, computeTimes: [-1] }, 'computeTimes[0] is -1: give a time of at least 0'],
    [{ ...machine, computeTimes: ['1'] }, 'computeTimes[0] is "1": give a time of at least 0'],
    [{ ...machine, computeTimes: [1e308, 1e308] }, 'The times add up to more than a number holds: use a larger unit.'],
    [{ ...machine, loadTime: 0 }, 'loadTime is 0: give a time above 0.'],
    [{ ...machine, loadTime: Infinity }, 'loadTime is Infinity: give a time above 0.'],
    [{ ...machine, slots: 0 }, 'slots is 0: give a whole number of at least 1.'],
    [{ ...machine, slots: 1.5 }, 'slots is 1.5: give a whole number of at least 1.'],
    [{ ...machine, rule: 'loose' }, 'rule is "loose": choose paper or strict.'],
    [{ ...machine, resident: 1 }, 'resident is 1: give a list of experts.'],
    [{ ...machine, resident: [3] }, 'resident names expert 3: choose whole numbers from 0 to 2.'],
    [{ ...machine, resident: [0, 0] }, 'resident names an expert twice: name each once.'],
    [{ ...machine, resident: [0, 1, 2] }, 'resident lists 3 experts, slots is 2: list fewer or raise slots.'],
    [{ ...machine, tiers: { memoryExperts: 1 } }, 'tiers.diskTime is missing: give a time above 0.'],
    [{ ...machine, tiers: { diskTime: 1, memoryExperts: 0 } }, 'tiers.memoryExperts is 0: give a whole number'],
    [
      { ...machine, tiers: { diskTime: 1, memoryExperts: 1, inMemory: [0, 1] } },
      'tiers.inMemory lists 2 experts, tiers.memoryExperts is 1: list fewer or raise tiers.memoryExperts.',
    ],
  ])('refuses %j', (value, sentence) => {
    expect(() => parseMachine(value)).toThrow(sentence);
  });
});
