import { describe, expect, it } from 'vitest';
import { exampleExperiment, exampleRecord, exampleResult } from './experiment-example';
import { jobsOf } from './jobs';
import { type MetricKey, metrics } from './metrics';
import { armSummaries, baselineOf, correlations, differenceOf, differencesTo, ranking } from './results';

/** Depth 2 is surely better than depth 1; depth 4 is better in the mean, and not surely. */
const record = exampleRecord(exampleExperiment(), {
  'depth=1': [1, 1.1, 1.2],
  'depth=2': [0.8, 0.91, 1],
  'depth=4': [0.7, 1, 1.2],
});

describe('armSummaries', () => {
  it('hold mean, deviation, interval and n of each arm', () => {
    const [first] = armSummaries(record, 'bitsPerCharacter');
    expect(first).toMatchObject({ arm: 'depth=1', n: 3, diverged: 0, left: 0, chosen: { factor: 1, tried: 1 } });
    expect(first?.mean).toBeCloseTo(1.1, 12);
    expect(first?.deviation).toBeCloseTo(0.1, 12);
    // 4.302653 · 0.1 / √3
    expect(first?.interval?.[0]).toBeCloseTo(1.1 - 0.248414, 5);
  });

  it('count what diverged and what is left, and leave both out of the mean', () => {
    const partly = exampleRecord(exampleExperiment(), { 'depth=1': [1, null], 'depth=2': [null, null, null] });
    const [first, second, third] = armSummaries(partly, 'bitsPerCharacter');
    expect(first).toMatchObject({ n: 1, mean: 1, deviation: null, interval: null, diverged: 1, left: 1 });
    expect(second).toMatchObject({ n: 0, mean: null, diverged: 3, left: 0 });
    expect(third).toMatchObject({ n: 0, mean: null, diverged: 0, left: 3 });
  });

  it('never count what a run that diverged had learned, nor a search', () => {
    const experiment = exampleExperiment({ seeds: [1], search: { factors: [0.5, 1], share: 0.5 } });
    const empty = exampleRecord(experiment, {});
    const jobs = jobsOf(experiment, empty.arms).filter(({ arm }) => arm === 'depth=1');
    const results = jobs.map(({ id }, index) =>
      exampleResult(id, [0.2, 0.1, 3][index] ?? 0, { state: index < 2 ? 'done' : 'diverged' }),
    );
    expect(armSummaries({ ...empty, results }, 'bitsPerCharacter')[0]).toMatchObject({
      n: 0,
      mean: null,
      diverged: 1,
      chosen: { factor: 1, edge: 'highest', tried: 2 },
    });
  });

  it('read every metric of a run', () => {
    const one = exampleRecord(exampleExperiment({ seeds: [1] }), { 'depth=1': [1] });
    const means = (Object.keys(metrics) as MetricKey[]).map((metric) => [metric, armSummaries(one, metric)[0]?.mean]);
    expect(Object.fromEntries(means)).toEqual({
      bitsPerCharacter: 1,
      heldOutLoss: 2,
      trainingLoss: 1.9,
      probeAccuracy: 30 / 40,
      tokensPerSecond: 1000,
    });
    const unasked = { ...one, results: one.results.map((result) => ({ ...result, probes: null })) };
    expect(armSummaries(unasked, 'probeAccuracy')[0]).toMatchObject({ n: 0, mean: null });
  });
});

describe('differences', () => {
  it('pair the seeds, and tell better, worse and not distinguishable', () => {
    const [second, fourth] = differencesTo(record, 'bitsPerCharacter', 'depth=1');
    // −0.2, −0.19, −0.2: what the seeds do to both cancels, so the interval is far narrower than those of the arms.
    expect(second).toMatchObject({ arm: 'depth=2', baseline: 'depth=1', n: 3, relation: 'better', reason: null });
    expect(second?.mean).toBeCloseTo(-0.59 / 3, 12);
    expect(fourth).toMatchObject({ arm: 'depth=4', n: 3, relation: 'open', reason: 'interval' });
    expect(fourth?.interval?.[0]).toBeLessThan(0);
    expect(fourth?.interval?.[1]).toBeGreaterThan(0);
    expect(differenceOf(record, 'bitsPerCharacter', 'depth=1', 'depth=2').relation).toBe('worse');
    expect(differenceOf(record, 'probeAccuracy', 'depth=2', 'depth=1').mean).toBeGreaterThan(0);
  });

  it('are never told with one seed, whatever the difference', () => {
    const one = exampleRecord(exampleExperiment({ seeds: [1] }), { 'depth=1': [5], 'depth=2': [1] });
    expect(differenceOf(one, 'bitsPerCharacter', 'depth=2', 'depth=1')).toEqual({
      arm: 'depth=2',
      baseline: 'depth=1',
      n: 1,
      mean: -4,
      deviation: null,
      interval: null,
      relation: 'open',
      reason: 'oneSeed',
    });
  });

  it('take only seeds that both finished, and claim nothing where runs diverged or are left', () => {
    const partly = exampleRecord(exampleExperiment(), {
      'depth=1': [1, 1.1, 1.2],
      'depth=2': [0.8, null, 0.9],
      'depth=4': [],
    });
    const [second, fourth] = differencesTo(partly, 'bitsPerCharacter', 'depth=1');
    expect(second).toMatchObject({ n: 2, relation: 'open', reason: 'diverged' });
    expect(second?.mean).toBeCloseTo(-0.25, 12);
    expect(fourth).toMatchObject({ n: 0, mean: null, relation: 'open', reason: 'unfinished' });
  });

  it('of losses a token are none between vocabularies, of speeds none between adapters', () => {
    const vocabularies = exampleExperiment({
      arms: { kind: 'grid', axes: [{ key: 'vocabulary', values: [256, 512] }] },
    });
    const scores = { 'vocabulary=256': [1, 1.1, 1.2], 'vocabulary=512': [0.8, 0.91, 1] };
    const two = exampleRecord(vocabularies, scores);
    const difference = (metric: MetricKey) => differenceOf(two, metric, 'vocabulary=512', 'vocabulary=256');
    expect(difference('heldOutLoss')).toMatchObject({ n: 0, mean: null, reason: 'vocabularies' });
    expect(difference('trainingLoss').reason).toBe('vocabularies');
    expect(difference('bitsPerCharacter').relation).toBe('better');
    const [first, ...others] = two.results;
    const moved = { ...two, results: first ? [{ ...first, adapter: 'another' }, ...others] : [] };
    expect(differenceOf(moved, 'tokensPerSecond', 'vocabulary=512', 'vocabulary=256').reason).toBe('adapters');
    expect(ranking(two, 'heldOutLoss').map(({ place }) => place)).toEqual([null, null]);
  });

  it('of equal runs are not distinguishable', () => {
    const same = exampleRecord(exampleExperiment(), { 'depth=1': [1, 1.1, 1.2], 'depth=2': [1, 1.1, 1.2] });
    expect(differenceOf(same, 'bitsPerCharacter', 'depth=2', 'depth=1')).toMatchObject({ mean: 0, relation: 'open' });
  });
});

describe('baselineOf', () => {
  it('is the arm with the values of the base, else the first', () => {
    expect(baselineOf(record)).toBe('depth=2');
    const others = exampleExperiment({ arms: { kind: 'grid', axes: [{ key: 'depth', values: [5, 6] }] } });
    expect(baselineOf(exampleRecord(others, {}))).toBe('depth=5');
    expect(baselineOf({ ...record, arms: [] })).toBeNull();
  });
});

describe('ranking', () => {
  it('goes from the best mean on, and says who is not distinguishable from the first', () => {
    expect(ranking(record, 'bitsPerCharacter').map(({ arm, place, withFirst }) => [arm, place, withFirst])).toEqual([
      ['depth=2', 1, true],
      ['depth=4', 2, true],
      ['depth=1', 3, false],
    ]);
  });

  it('puts arms of which runs diverged behind all others, and those without a mean at the end', () => {
    const partly = exampleRecord(exampleExperiment(), {
      'depth=1': [null, null, null],
      'depth=2': [0.1, null, 0.1],
      'depth=4': [3, 3, 3],
    });
    expect(ranking(partly, 'bitsPerCharacter').map(({ arm, place, diverged }) => [arm, place, diverged])).toEqual([
      ['depth=4', 1, 0],
      ['depth=2', 2, 1],
      ['depth=1', null, 3],
    ]);
  });
});

describe('correlations', () => {
  const random = exampleExperiment({
    arms: { kind: 'grid', axes: [{ key: 'depth', values: [1, 2, 3, 4, 6, 8] }] },
    hold: { quantity: 'parameters', free: 'model.hidden_size', target: 60_000 },
    seeds: [1],
  });

  it('are of the sizes as they were solved, with a score of which more is better', () => {
    const scores = Object.fromEntries([1, 2, 3, 4, 6, 8].map((depth) => [`depth=${depth}`, [2 - depth / 10]]));
    const [depth, width, expansion] = correlations(exampleRecord(random, scores), 'bitsPerCharacter');
    expect(depth).toMatchObject({ axis: 'depth', leftOut: 0, found: { n: 6, coefficient: 1, method: 'exact' } });
    expect(depth?.found?.p).toBeCloseTo(2 / 720, 12);
    expect(width?.found?.coefficient).toBeCloseTo(-1, 12);
    expect(expansion?.axis).toBe('expansion');
  });

  it('are none for fewer than three arms with a mean', () => {
    const found = correlations(exampleRecord(random, { 'depth=1': [1], 'depth=2': [2] }), 'bitsPerCharacter');
    expect(found[0]).toEqual({ axis: 'depth', found: null, leftOut: 4 });
  });
});
