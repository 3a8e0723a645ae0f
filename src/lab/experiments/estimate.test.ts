import { describe, expect, it } from 'vitest';
import { planTraining } from '../../train/plan';
import { estimateOf, refusal } from './estimate';
import type { Experiment } from './experiment';
import { exampleArms, exampleExperiment, exampleVocabulary } from './experiment-example';
import { configOf } from './parameters';

const estimate = (experiment: Experiment, pace: Parameters<typeof estimateOf>[3] = null) =>
  estimateOf(experiment, exampleArms(experiment), exampleVocabulary, pace);

describe('estimateOf', () => {
  it('counts runs, tokens and FLOPs over all arms, seeds and searches', () => {
    const experiment = exampleExperiment({ search: { factors: [0.5, 1], share: 0.25 } });
    const { searches, runs, tokens, flops, seconds } = estimate(experiment);
    expect([searches, runs, seconds]).toEqual([6, 9, null]);
    expect(tokens).toBe(9 * 3200 + 6 * 800);
    const training = exampleArms(experiment).map(
      ({ recipe }) => planTraining(configOf(recipe, exampleVocabulary), recipe).cost.flops,
    );
    const looking = exampleArms(experiment).map(({ flopsPerToken }) => 16_384 * flopsPerToken);
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    expect(flops / (sum(training) * (3 * 100 + 2 * 25) + sum(looking) * (3 * 15 + 2))).toBeCloseTo(1, 3);
  });

  it('tells the time by the pace of the device', () => {
    const experiment = exampleExperiment();
    const { flops, seconds } = estimate(experiment, { flopsPerSecond: 1e9, secondsPerRun: 2 });
    expect(seconds).toBeCloseTo(flops / 1e9 + 18, 9);
  });
});

describe('refusal', () => {
  const some = { searches: 0, runs: 9, tokens: 1, flops: 1, seconds: 60 };

  it('lets a small experiment begin, and any that is asked for all the same', () => {
    expect(refusal(some, false)).toBeNull();
    expect(refusal({ ...some, seconds: null }, false)).toBeNull();
    expect(refusal({ ...some, runs: 5000 }, true)).toBeNull();
  });

  it('says how long too large a one would take', () => {
    expect(refusal({ ...some, searches: 128, runs: 512, seconds: 187_200 }, false)).toBe(
      'This is 640 runs (128 of them search learning rates), about 2 days 4 hours here: take fewer values, fewer seeds or shorter runs, or start it all the same.',
    );
    expect(refusal({ ...some, runs: 501, seconds: null }, false)).toMatch(/^This is 501 runs, on a device whose pace/);
    expect(refusal({ ...some, seconds: 90_000 }, false)).toMatch(/^This is 9 runs, about 1 day 1 hour here/);
  });
});
