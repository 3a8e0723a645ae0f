import { describe, expect, it } from 'vitest';
import type { Job } from './experiment';
import { exampleArms, exampleExperiment, exampleRecord, exampleResult } from './experiment-example';
import { chosenFactor, factorOf, jobsLeft, jobsOf, recipeOf, runsOf } from './jobs';

const searched = exampleExperiment({
  arms: { kind: 'grid', axes: [{ key: 'depth', values: [1, 2] }] },
  search: { factors: [0.5, 1, 2], share: 0.25 },
  seeds: [7, 8],
});

const text = ({ arm, purpose, factor, seed }: Job) => `${purpose} ${arm} ×${factor} seed ${seed}`;

/** A record in which the search runs of depth 1 came out like this, and nothing else is done. */
function searchedTo(losses: readonly (number | null)[]) {
  const record = exampleRecord(searched, {});
  const jobs = jobsOf(searched, record.arms).slice(0, losses.length);
  return { ...record, results: jobs.map(({ id }, index) => exampleResult(id, losses[index] ?? null)) };
}

describe('jobsOf', () => {
  it('searches for all arms with the first seed, then runs seed by seed over all arms', () => {
    expect(jobsOf(searched, exampleArms(searched)).map(text)).toEqual([
      'search depth=1 ×0.5 seed 7',
      'search depth=1 ×1 seed 7',
      'search depth=1 ×2 seed 7',
      'search depth=2 ×0.5 seed 7',
      'search depth=2 ×1 seed 7',
      'search depth=2 ×2 seed 7',
      'run depth=1 ×null seed 7',
      'run depth=2 ×null seed 7',
      'run depth=1 ×null seed 8',
      'run depth=2 ×null seed 8',
    ]);
  });

  it('has no search for one factor', () => {
    const experiment = exampleExperiment();
    expect(jobsOf(experiment, exampleArms(experiment))).toHaveLength(9);
  });

  it('gives every run an id of its own', () => {
    const ids = jobsOf(searched, exampleArms(searched)).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(runsOf(searched, 'depth=2').map(({ id }) => id)).toEqual(ids.filter((id) => id.startsWith('depth=2/run')));
  });
});

describe('jobsLeft', () => {
  it('is what has no result, in order', () => {
    const record = searchedTo([1, 1, 1]);
    const left = jobsLeft(record);
    expect(left[0] && text(left[0])).toBe('search depth=2 ×0.5 seed 7');
    expect(left).toHaveLength(7);
  });

  it('leaves a sweep that was cancelled with no arm more than one run behind another', () => {
    const experiment = exampleExperiment({ seeds: [1, 2, 3, 4] });
    const jobs = jobsOf(experiment, exampleArms(experiment));
    for (let done = 0; done <= jobs.length; done++) {
      const counts = ['depth=1', 'depth=2', 'depth=4'].map(
        (arm) => jobs.slice(0, done).filter((job) => job.arm === arm).length,
      );
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
  });
});

describe('chosenFactor', () => {
  it('is the one with the lowest held-out loss, once all were tried', () => {
    expect(chosenFactor(searchedTo([3, 1, 2]), 'depth=1')).toEqual({ factor: 1, edge: null, tried: 3, diverged: 0 });
    expect(chosenFactor(searchedTo([3, 1]), 'depth=1')).toBeNull();
    expect(chosenFactor(searchedTo([3, 1, 2]), 'depth=2')).toBeNull();
  });

  it('notes a best at the edge, of two alike the lower', () => {
    expect(chosenFactor(searchedTo([3, 2, 1]), 'depth=1')).toMatchObject({ factor: 2, edge: 'highest' });
    expect(chosenFactor(searchedTo([1, 1, 2]), 'depth=1')).toMatchObject({ factor: 0.5, edge: 'lowest' });
  });

  it('never is that of a run that diverged, which a factor below it then does not reach', () => {
    expect(chosenFactor(searchedTo([3, 1, null]), 'depth=1')).toEqual({ factor: 1, edge: null, tried: 3, diverged: 1 });
    const early = { ...searchedTo([3, 2, 1]) };
    const diverged = early.results.map((result) => ({ ...result, state: 'diverged' as const }));
    expect(chosenFactor({ ...early, results: diverged }, 'depth=1')).toMatchObject({
      factor: 0.5,
      edge: 'lowest',
      diverged: 3,
    });
  });

  it('is the given one without a search', () => {
    const record = exampleRecord(exampleExperiment({ search: { factors: [0.7], share: 1 } }), {});
    expect(chosenFactor(record, 'depth=1')).toEqual({ factor: 0.7, edge: null, tried: 1, diverged: 0 });
  });
});

describe('factorOf', () => {
  it('is what the search chose, and asks for it first', () => {
    const [search, , , other] = jobsOf(searched, exampleArms(searched));
    const run = runsOf(searched, 'depth=1')[0];
    if (!search || !other || !run) throw new Error('There are no jobs.');
    expect(factorOf(searchedTo([]), search)).toBe(0.5);
    expect(factorOf(searchedTo([3, 2, 1]), run)).toBe(2);
    expect(() => factorOf(searchedTo([3]), run)).toThrow(
      'depth=1/run/7: the search for the learning rate of depth=1 is not done, run it first.',
    );
  });
});

describe('recipeOf', () => {
  const [arm] = exampleArms(searched);
  if (!arm) throw new Error('There is no arm.');
  const [search] = jobsOf(searched, [arm]);
  const [, run] = runsOf(searched, arm.id);

  it('is the arm with a seed and a rate', () => {
    expect(run && recipeOf(searched, arm, run, 2)).toEqual({ ...arm.recipe, seed: 8, learningRate: 2e-3 });
  });

  it('of a search is the whole schedule in a share of the steps, scored at the end', () => {
    expect(search && recipeOf(searched, arm, search, 0.5)).toEqual({
      ...arm.recipe,
      seed: 7,
      learningRate: 5e-4,
      steps: 25,
      warmup: 3,
      evaluateEvery: 25,
    });
  });
});
