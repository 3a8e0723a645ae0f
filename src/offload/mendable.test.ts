import { describe, expect, it } from 'vitest';
import { checkConstraints } from './constraints';
import { type Hardware, machineOf } from './hardware';
import { coveringBatch, mendingBatch } from './mendable';
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

describe('coveringBatch', () => {
  const hardware: Hardware = {
    ...{ experts: 4, tokens: 40, imbalance: 0, layers: 1, expertParameters: 1e6, bits: 16 },
    ...{ flops: 1e9, deviceBandwidth: 1e8, linkBandwidth: 5e7, disk: null, slots: 4, rule: 'strict' },
  };
  const larger = (factor: number) => machineOf({ ...hardware, tokens: Math.ceil(hardware.tokens * factor) });

  it('finds the batch from which the computes cover the loads, although α stands still at first', () => {
    const order = [0, 1, 2, 3];
    // α is 20 ms whatever the batch up to 40 tokens, and then grows with it; β is 40 ms.
    expect(larger(0.5).computeTimes[0]).toBe(larger(1).computeTimes[0]);
    const factor = coveringBatch(larger, order);
    expect(factor).toBeCloseTo(2, 1);
    expect(checkConstraints(larger(factor ?? 0), order).uncovered).toEqual([]);
    expect(checkConstraints(larger(1.8), order).uncovered).not.toEqual([]);
  });

  it('gives up where nothing helps', () => {
    const still = machineOf(hardware);
    expect(coveringBatch(() => still, [0, 1, 2, 3])).toBeNull();
  });
});
