import { describe, expect, it } from 'vitest';
import { recipeDefaults } from './recipe-schema';
import { learningRateAt } from './schedule';

const settings = { ...recipeDefaults, learningRate: 1, warmup: 10, steps: 110, finalShare: 0.1, decayShare: 0.5 };
const at = (schedule: (typeof settings)['schedule'], step: number) => learningRateAt({ ...settings, schedule }, step);

describe('learningRateAt', () => {
  it.each(['constant', 'linear', 'cosine', 'wsd'] as const)('rises in a line to the full rate (%s)', (schedule) => {
    expect(at(schedule, 1)).toBeCloseTo(0.1);
    expect(at(schedule, 5)).toBeCloseTo(0.5);
    expect(at(schedule, 10)).toBe(1);
  });

  it('falls to the final share at the last step, half-way where it should be', () => {
    expect(at('constant', 110)).toBe(1);
    expect(at('linear', 60)).toBeCloseTo(0.55);
    expect(at('cosine', 60)).toBeCloseTo(0.55);
    expect(at('cosine', 35)).toBeCloseTo(0.1 + 0.9 * (1 + Math.SQRT1_2) * 0.5);
    for (const schedule of ['linear', 'cosine', 'wsd'] as const) expect(at(schedule, 110)).toBeCloseTo(0.1);
  });

  it('stays until the decay of warm-up, stable, decay', () => {
    // Half of 110 steps decay: from step 55 on.
    expect(at('wsd', 55)).toBeCloseTo(1);
    expect(at('wsd', 82.5)).toBeCloseTo(0.55);
    expect(learningRateAt({ ...settings, schedule: 'wsd', decayShare: 0 }, 110)).toBe(1);
  });

  it('needs no warm-up, and stays at the final share past the end', () => {
    expect(learningRateAt({ ...settings, schedule: 'cosine', warmup: 0 }, 1)).toBeCloseTo(1, 3);
    expect(at('linear', 200)).toBeCloseTo(0.1);
  });
});
