import { describe, expect, it } from 'vitest';
import { checkConstraints } from '../../../offload/constraints';
import { type Hardware, machineOf } from '../../../offload/hardware';
import { presets } from '../../../offload/presets';
import { isOutcome, outcomeOf, waited } from './outcome';

const figure4 = presets['figure-4'].machine;

describe('outcomeOf', () => {
  it('has the timeline, what on demand takes, and the constraints of the order', () => {
    const outcome = outcomeOf(figure4, 'infmoe');
    if (!isOutcome(outcome)) throw new Error(outcome);
    expect(outcome.timeline.makespan).toBeCloseTo(4.64, 9);
    expect(outcome.onDemand).toBeCloseTo(7.64, 9);
    expect(outcome.check?.mends).toEqual([]);
    expect(outcome.batch).toBeNull();
    expect(waited(outcome.timeline)).toBe(1);
  });

  it('asks no constraints of what loads nothing, or overlaps nothing', () => {
    for (const policy of ['resident', 'on-demand'] as const) {
      const outcome = outcomeOf(figure4, policy);
      expect(isOutcome(outcome) && outcome.check).toBeNull();
    }
  });

  it('asks for no more slots than there are experts, and nothing of (ii) where each has one', () => {
    const machine = { computeTimes: [9, 9, 9], loadTime: 0.1, slots: 2, rule: 'strict' } as const;
    const checked = (slots: number) => {
      const outcome = outcomeOf({ ...machine, slots }, 'ring');
      return isOutcome(outcome) ? outcome.check : null;
    };
    expect(checked(2)?.overfull).not.toEqual([]);
    expect(checked(2)?.mends).toEqual([{ kind: 'more slots', slots: 3 }]);
    expect(checked(3)).toEqual({ uncovered: [], overfull: [], mends: [] });
  });

  it('is the sentence of a search that refuses', () => {
    expect(outcomeOf(presets['figure-5'].machine, 'optimum')).toContain('searched for up to 10 experts, here 32');
    expect(isOutcome(outcomeOf(presets['figure-5'].machine, 'optimum'))).toBe(false);
    expect(isOutcome(null)).toBe(false);
  });

  it('says that a larger batch helps less than in proportion where weights are read no faster', () => {
    const hardware: Hardware = {
      ...{ experts: 4, tokens: 40, imbalance: 0, layers: 1, expertParameters: 1e6, bits: 16 },
      ...{ flops: 1e9, deviceBandwidth: 1e8, linkBandwidth: 4e7, disk: null, slots: 4, rule: 'strict' },
    };
    const machine = machineOf(hardware);
    const outcome = outcomeOf({ ...machine, computeTimes: machine.computeTimes }, 'johnson', {
      ...hardware,
      tokens: 20,
    });
    if (!isOutcome(outcome)) throw new Error(outcome);
    const larger = outcome.check?.mends.find(({ kind }) => kind === 'larger batch');
    // In proportion 2.5 times; but half of what is computed now is the reading of weights.
    expect(larger).toMatchObject({ kind: 'larger batch', factor: expect.closeTo(5, 1) });
    const mended = machineOf({ ...hardware, tokens: 20 * 5 });
    expect(checkConstraints(mended, outcome.timeline.order).uncovered).toEqual([]);
  });
});
