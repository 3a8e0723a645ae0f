import { describe, expect, it } from 'vitest';
import { checkConstraints } from './constraints';
import { differenceKinds, findDifference, keepingOrder } from './differences';
import { parseMachine } from './machine';
import { policies, runPolicy } from './policies';

describe('findDifference', () => {
  it.each(differenceKinds)('finds cases of kind %s, one after the other and always the same', (kind) => {
    const first = findDifference(kind, 0);
    const second = findDifference(kind, first?.at ?? 0);
    expect(first).not.toBeNull();
    expect(second?.at).toBeGreaterThan(first?.at ?? 0);
    expect(findDifference(kind, 0)).toEqual(first);
    expect(parseMachine(first?.machine)).toEqual(first?.machine);
  });

  it('rules: both constraints hold, the paper’s rule overlaps fully, K strict slots do not', () => {
    const { machine } = findDifference('rules', 0) ?? { machine: null };
    if (!machine) throw new Error('no case');
    expect(checkConstraints(machine, policies.infmoe.order(machine)).mends).toEqual([]);
    const [paper, strict] = (['paper', 'strict'] as const).map((rule) => runPolicy({ ...machine, rule }, 'infmoe'));
    expect(paper?.makespan).toBeCloseTo(paper?.bound ?? 0, 9);
    expect(strict?.makespan).toBeGreaterThan((paper?.makespan ?? 0) + 0.01);
    expect(paper?.peakResidency).toBeGreaterThan(machine.slots);
  });

  it('greedy: an order keeps both constraints, the greedy one does not', () => {
    const { machine } = findDifference('greedy', 0) ?? { machine: null };
    if (!machine) throw new Error('no case');
    const order = keepingOrder(machine);
    expect(checkConstraints(machine, order ?? []).mends).toEqual([]);
    expect(order?.toSorted()).toEqual([...machine.computeTimes.keys()]);
    expect(checkConstraints(machine, policies.infmoe.order(machine)).mends).not.toEqual([]);
  });

  it('johnson: the optimum is shorter', () => {
    const { machine } = findDifference('johnson', 0) ?? { machine: null };
    if (!machine) throw new Error('no case');
    expect(runPolicy(machine, 'optimum').makespan).toBeLessThan(runPolicy(machine, 'johnson').makespan);
  });
});

describe('keepingOrder', () => {
  it('is null where no order keeps both', () => {
    expect(keepingOrder({ computeTimes: [0.1, 0.1, 0.1], loadTime: 1, slots: 2, rule: 'strict' })).toBeNull();
  });
});
