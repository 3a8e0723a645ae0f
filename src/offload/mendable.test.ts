import { describe, expect, it } from 'vitest';
import { checkConstraints } from './constraints';
import { mendingBatch } from './mendable';
import { runPolicy } from './policies';
import { presets } from './presets';
import { tokensPerExpert } from './routing';

const routed = (imbalance: number) => ({
  computeTimes: tokensPerExpert({ experts: 16, tokens: 1600, imbalance }).map((tokens) => tokens / 1000),
  loadTime: 1,
  slots: 4,
  rule: 'paper' as const,
});

describe('mendingBatch', () => {
  it('finds a batch for even routing, and at that batch the constraints hold', () => {
    const machine = routed(0.05);
    const found = mendingBatch(machine);
    if (found === null) throw new Error('none found');
    const { factor, policy } = found;
    const larger = { ...machine, computeTimes: machine.computeTimes.map((time) => time * factor) };
    expect(checkConstraints(larger, runPolicy(larger, policy).order).mends).toEqual([]);
    expect(checkConstraints(machine, runPolicy(machine, 'infmoe').order).mends).not.toEqual([]);
  });

  it('finds none where one expert has nearly all tokens', () => {
    expect(mendingBatch(routed(1))).toBeNull();
    expect(mendingBatch(routed(0.9))).toBeNull();
  });

  it('has nothing to do for one expert, and finds Figure 4’s own batch or a smaller one', () => {
    expect(mendingBatch({ computeTimes: [0, 3], loadTime: 1, slots: 1, rule: 'strict' })?.factor).toBe(1);
    expect(mendingBatch(presets['figure-4'].machine)?.factor).toBeLessThanOrEqual(1);
  });
});
