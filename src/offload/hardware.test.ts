import { describe, expect, it } from 'vitest';
import { expertBytes, type Hardware, machineOf, tokensPerSecond } from './hardware';
import { parseMachine, totalOf } from './machine';
import { presets } from './presets';

const hardware: Hardware = {
  experts: 4,
  tokens: 400,
  imbalance: 0,
  layers: 2,
  expertParameters: 1e6,
  bits: 16,
  flops: 1e9,
  deviceBandwidth: null,
  linkBandwidth: 1e9,
  disk: null,
  slots: 2,
  rule: 'strict',
};

describe('machineOf', () => {
  it('has α = FLOPs / peak and β = bytes / bandwidth, in milliseconds', () => {
    const machine = machineOf(hardware);
    expect(machine).toEqual({ computeTimes: [200, 200, 200, 200], loadTime: 2, slots: 2, rule: 'strict' });
    expect(parseMachine(machine)).toEqual(machine);
    expect(machineOf({ ...hardware, bits: 4 }).loadTime).toBe(0.5);
  });

  it('computes no expert faster than its weights are read, and one without tokens not at all', () => {
    const slow = machineOf({ ...hardware, tokens: 2, deviceBandwidth: 2e8 });
    expect(slow.computeTimes.toSorted((a, b) => a - b)).toEqual([0, 0, 10, 10]);
  });

  it('reads from a disk what the memory does not hold', () => {
    const { tiers } = machineOf({ ...hardware, disk: { bandwidth: 5e8, memoryExperts: 3 } });
    expect(tiers).toEqual({ diskTime: 4, memoryExperts: 3 });
  });

  it('counts the tokens of a batch once through every layer', () => {
    expect(tokensPerSecond(hardware, 100)).toBe(2000);
    expect(tokensPerSecond(hardware, 0)).toBe(0);
  });
});

describe('presets of hardware', () => {
  it('CPM-2: an expert is 3 · 4096 · 10240 parameters, 252 MB in f16, and Figure 5’s link loads it in 25 ms', () => {
    const { hardware: v100, machine } = presets['cpm-2-v100'];
    expect(expertBytes(v100)).toBe(251_658_240);
    expect(machine.loadTime).toBeCloseTo(25, 1);
    expect(v100.experts * v100.layers * v100.expertParameters).toBeCloseTo(193.3e9, -8);
    expect(totalOf(machine.computeTimes)).toBeLessThan(machine.loadTime * 32);
  });

  it('every preset’s machine is one that can be run, and follows from its hardware', () => {
    for (const preset of Object.values(presets)) {
      expect(parseMachine(preset.machine)).toEqual(preset.machine);
      if ('hardware' in preset) expect(machineOf(preset.hardware)).toEqual(preset.machine);
    }
  });
});
