import { describe, expect, it } from 'vitest';
import { layerMachine } from './layer-machine';
import { runPolicy } from './policies';
import { testMachine } from './test-model';

describe('layerMachine', () => {
  it('takes α from the rows, β and the overlap as measured, and a disk where experts lie in files', () => {
    const counts = [1, 0, 16];
    expect(layerMachine(testMachine, counts, { slots: 2, tier: 'memory' })).toEqual({
      ...{ computeTimes: [0.5, 0, 4], loadTime: 1, slots: 2, overlap: 1, rule: 'strict' },
    });
    expect(layerMachine(testMachine, counts, { slots: 2, tier: 'files' }).tiers).toEqual({
      ...{ diskTime: 1.5, memoryExperts: 2, inMemory: [] },
    });
  });

  it('counts as load what computing waits for of a read', () => {
    const machine = layerMachine({ ...testMachine, readOverlap: 0.25 }, [1], { slots: 2, tier: 'files' });
    expect(machine).toMatchObject({ loadTime: 1 + 1.125, tiers: { diskTime: 0.375 } });
  });

  it('leaves no expert with rows out because a coarse clock saw nothing', () => {
    const blind = { ...testMachine, computeTimes: [{ rows: 1, milliseconds: 0 }], loadTime: 0, diskTime: 0 };
    const machine = layerMachine(blind, [1, 0, 5], { slots: 1, tier: 'files' });
    for (const policy of ['infmoe', 'ring', 'optimum'] as const) {
      expect([...runPolicy(machine, policy).order].sort()).toEqual([0, 2]);
    }
  });
});
