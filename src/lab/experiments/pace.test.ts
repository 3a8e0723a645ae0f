import { describe, expect, it } from 'vitest';
import { exampleExperiment, exampleRecord, exampleVocabulary } from './experiment-example';
import { jobsOf } from './jobs';
import { Workloads } from './pace';

const all = exampleRecord(exampleExperiment(), {
  'depth=1': [1.5, 1.6, 1.7],
  'depth=2': [0.8, 0.9, 1],
  'depth=4': [1.1, 1.2, 1.3],
});
const half = { ...all, results: all.results.filter((_, index) => index % 2 === 0), seconds: 10 };
const loads = new Workloads(exampleVocabulary);

describe('Workloads', () => {
  it('splits the work of an experiment into what is done and what is left', () => {
    const jobs = jobsOf(all.experiment, all.arms);
    const whole = jobs.reduce((sum, job) => sum + loads.of(all, job), 0);
    expect(loads.done(half) + loads.left(half)).toBeCloseTo(whole, -3);
    expect(loads.done(half)).toBeGreaterThan(0);
    expect(loads.left(half)).toBeGreaterThan(0);
  });

  it('counts a run under way by the share that is left of it', () => {
    const job = jobsOf(all.experiment, all.arms).find(({ id }) => !half.results.some((result) => result.job === id));
    if (!job) throw new Error('All runs are done.');
    const begun = loads.left(half, new Map([[job.id, 0.25]]));
    expect(loads.left(half) - begun).toBeCloseTo(loads.of(half, job) / 4, -3);
  });

  it('goes by the pace so far, and says nothing before there is one', () => {
    expect(loads.secondsLeft(half)).toBeCloseTo((10 * loads.left(half)) / loads.done(half), 6);
    expect(loads.secondsLeft({ ...all, results: [], seconds: 0 })).toBeNull();
  });
});
