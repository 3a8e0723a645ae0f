import { describe, expect, it } from 'vitest';
import { runPolicy } from './policies';
import { presets } from './presets';
import { sweepSlots } from './sweep';

describe('sweepSlots', () => {
  const { machine } = presets['figure-4'];

  it('runs every policy at every K', () => {
    const { slots, makespans, bound } = sweepSlots({ ...machine, rule: 'strict' });
    expect(slots).toEqual([1, 2, 3, 4, 5]);
    expect([...makespans.keys()]).toEqual(['resident', 'on-demand', 'ring', 'infmoe', 'johnson', 'optimum']);
    expect(makespans.get('infmoe')?.[2]).toBe(runPolicy({ ...machine, rule: 'strict', slots: 3 }, 'infmoe').makespan);
    expect(bound).toBeCloseTo(4.64, 9);
    // One slot: nothing can overlap.
    expect(makespans.get('johnson')?.[0]).toBeCloseTo(4 + 3.64, 9);
  });

  it('leaves the search out of a large layer, and knows residents', () => {
    expect([...sweepSlots(presets['figure-5'].machine).makespans.keys()]).not.toContain('optimum');
    expect(sweepSlots(presets['figure-5'].machine, 8).slots).toHaveLength(8);
    expect(sweepSlots({ ...machine, rule: 'strict', slots: 3, resident: [0, 1, 2] }).slots).toHaveLength(5);
  });
});
