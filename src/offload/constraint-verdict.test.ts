import { describe, expect, it } from 'vitest';
import { constraintVerdict } from './constraint-verdict';
import type { Machine } from './machine';

const machine = (computeTimes: readonly number[], slots = 2): Machine => ({
  ...{ computeTimes, slots, loadTime: 1 },
  rule: 'strict',
});

describe('constraintVerdict', () => {
  it('says nothing where both hold, and what would mend them where not', () => {
    expect(constraintVerdict(machine([1.2, 1.1, 1]), [0, 1, 2])).toBeNull();
    expect(constraintVerdict(machine([0.5, 0.5, 0.5]), [0, 1, 2])).toBe(
      '(i) does not hold at t = 2, 3: the computes before are shorter than the loads. It would hold with a batch 2 times as large and 2 slots, or with a link 2 times as fast and 2 slots.',
    );
    expect(constraintVerdict(machine([9, 9, 9], 1), [0, 1, 2])).toContain(
      '(ii) does not hold at t = 2, 3: loads run further ahead than K allows. It would hold with',
    );
  });

  it('says that they cannot be met where one expert has nearly everything', () => {
    expect(constraintVerdict(machine([40, 0.1, 0.1, 0.1, 0.1, 0.1], 1), [0, 1, 2, 3, 4, 5])).toContain(
      'cannot be met by any batch with this routing and K = 1: the experts’ shares are too uneven, a case that the paper leaves out.',
    );
  });
});
