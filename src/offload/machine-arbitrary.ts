/** Random machines for property tests. Times are multiples of 1/64, so that sums are exact and ties occur. */
import fc from 'fast-check';
import { type Machine, parseMachine, slotRules } from './machine';

const time = (least: number) => fc.integer({ min: least, max: 320 }).map((steps) => steps / 64);

/** The paper's setting: every expert has tokens and must be loaded from memory. */
export function plainMachine(experts: number): fc.Arbitrary<Machine> {
  return fc.record({
    computeTimes: fc.array(time(1), { minLength: 1, maxLength: experts }),
    loadTime: time(16),
    slots: fc.integer({ min: 1, max: 4 }),
    rule: fc.constantFrom(...slotRules),
  });
}

/** Experts without tokens, residents and a disk besides. */
export function anyMachine(experts: number): fc.Arbitrary<Machine> {
  return plainMachine(experts).chain((machine) => {
    const some = (most: number) =>
      fc.shuffledSubarray([...machine.computeTimes.keys()], { maxLength: Math.min(most, machine.computeTimes.length) });
    const tiers = fc
      .integer({ min: 1, max: 4 })
      .chain((memoryExperts) =>
        fc.record(
          { diskTime: time(1), memoryExperts: fc.constant(memoryExperts), inMemory: some(memoryExperts) },
          { requiredKeys: ['diskTime', 'memoryExperts'] },
        ),
      );
    return fc
      .record({
        empty: fc.array(fc.integer({ min: 0, max: 3 }), {
          minLength: machine.computeTimes.length,
          maxLength: machine.computeTimes.length,
        }),
        extra: fc.record({ resident: some(machine.slots), tiers }, { requiredKeys: [] }),
      })
      .map(({ empty, extra }) =>
        parseMachine({
          ...machine,
          computeTimes: machine.computeTimes.map((time, expert) => (empty[expert] === 0 ? 0 : time)),
          ...extra,
        }),
      );
  });
}

/** All orders of `items`. */
export function permutations(items: readonly number[]): number[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((first) => permutations(items.filter((item) => item !== first)).map((rest) => [first, ...rest]));
}
