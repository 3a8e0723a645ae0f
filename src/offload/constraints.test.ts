/** Where the paper's two constraints break, and that what is said to mend them does. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkConstraints } from './constraints';
import type { Machine } from './machine';
import { plainMachine } from './machine-arbitrary';

const machine: Machine = { computeTimes: [4, 1, 0.5, 0.25], loadTime: 1, slots: 2, rule: 'paper' };

describe('checkConstraints', () => {
  it('finds the places that break (i) and (ii)', () => {
    expect(checkConstraints(machine, [3, 2, 1, 0])).toMatchObject({ uncovered: [2, 3, 4], overfull: [] });
    expect(checkConstraints(machine, [0, 1, 2, 3])).toEqual({
      uncovered: [],
      overfull: [2, 3, 4],
      mends: [{ kind: 'more slots', slots: 3 }],
    });
  });

  it('says what mends (i), with the slots that the larger sums then need', () => {
    expect(checkConstraints(machine, [3, 2, 1, 0]).mends).toEqual([
      { kind: 'larger batch', factor: 4, slots: 4 },
      { kind: 'faster link', factor: 4, slots: 4 },
    ]);
  });

  it('leaves residents aside and counts the places of the others', () => {
    const check = checkConstraints({ ...machine, resident: [0] }, [0, 1, 2, 3]);
    expect(check).toMatchObject({ uncovered: [3], overfull: [] });
  });

  it('whatever it proposes makes the order keep both constraints', () => {
    fc.assert(
      fc.property(plainMachine(8), (random) => {
        const order = [...random.computeTimes.keys()];
        for (const mend of checkConstraints(random, order).mends) {
          const { computeTimes, loadTime } = random;
          const mended: Machine = {
            ...random,
            slots: mend.slots,
            ...(mend.kind === 'larger batch' && { computeTimes: computeTimes.map((time) => time * mend.factor) }),
            ...(mend.kind === 'faster link' && { loadTime: loadTime / mend.factor }),
          };
          expect(checkConstraints(mended, order)).toEqual({ uncovered: [], overfull: [], mends: [] });
        }
      }),
      { seed: 8, numRuns: 500 },
    );
  });
});
