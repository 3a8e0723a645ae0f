import { describe, expect, it } from 'vitest';
import { exampleExperiment, exampleRecord } from './experiment-example';
import { correlationVerdict, orderVerdict, type PaperScores } from './verdict';

const paper = (scores: PaperScores['scores'], changes: Partial<PaperScores> = {}): PaperScores => ({
  scores,
  better: 'higher',
  parameters: 1e9,
  tokens: 50e9,
  ...changes,
});

/** Depth 2 is surely the best and depth 1 surely the worst. */
const clear = exampleRecord(exampleExperiment(), {
  'depth=1': [1.5, 1.6, 1.7],
  'depth=2': [0.8, 0.9, 1.001],
  'depth=4': [1.1, 1.2, 1.302],
});

const verdict = (scores: PaperScores['scores'], record = clear) =>
  orderVerdict(record, 'bitsPerCharacter', paper(scores));

describe('orderVerdict', () => {
  it('agrees where the intervals show the whole order', () => {
    const { outcome, counts, pairs } = verdict({ 'depth=1': 35, 'depth=2': 42, 'depth=4': 41 });
    expect(outcome).toBe('agrees');
    expect(counts).toEqual({ agrees: 3, disagrees: 0, cannotTell: 0 });
    expect(pairs[0]).toMatchObject({ better: 'depth=2', worse: 'depth=1', paper: 7, outcome: 'agrees' });
    expect(pairs[0]?.measured).toMatchObject({ arm: 'depth=2', baseline: 'depth=1', n: 3, relation: 'better' });
  });

  it('disagrees where one pair surely is the other way round', () => {
    const { outcome, counts } = verdict({ 'depth=1': 35, 'depth=2': 41, 'depth=4': 42 });
    expect(outcome).toBe('disagrees');
    expect(counts).toEqual({ agrees: 2, disagrees: 1, cannotTell: 0 });
  });

  it('cannot tell where a single pair is not distinguishable, however the means lie', () => {
    const noisy = exampleRecord(exampleExperiment(), {
      'depth=1': [1.5, 1.6, 1.7],
      'depth=2': [0.8, 0.9, 1],
      'depth=4': [0.7, 1, 1.2],
    });
    const { outcome, counts } = verdict({ 'depth=1': 35, 'depth=2': 42, 'depth=4': 41 }, noisy);
    expect(outcome).toBe('cannotTell');
    expect(counts).toEqual({ agrees: 2, disagrees: 0, cannotTell: 1 });
  });

  it('does not call a whole order wrong for one pair of many that chance may have turned', () => {
    // Differences 0.1, 0.15, 0.2: t = 5.2 with 2 degrees of freedom, beyond 4.30 for one pair, within 7.65 for three.
    const turned = exampleRecord(exampleExperiment(), {
      'depth=1': [2, 2, 2],
      'depth=2': [1, 1, 1],
      'depth=4': [0.9, 0.85, 0.8],
    });
    const { outcome, counts } = verdict({ 'depth=1': 35, 'depth=2': 42, 'depth=4': 41 }, turned);
    expect(counts).toEqual({ agrees: 2, disagrees: 1, cannotTell: 0 });
    expect(outcome).toBe('cannotTell');
    // The same difference alone is one question, and its answer counts.
    expect(verdict({ 'depth=2': 42, 'depth=4': 41 }, turned).outcome).toBe('disagrees');
  });

  it('never agrees with one seed', () => {
    const one = exampleRecord(exampleExperiment({ seeds: [1] }), { 'depth=1': [9], 'depth=2': [1], 'depth=4': [5] });
    expect(verdict({ 'depth=1': 35, 'depth=2': 42, 'depth=4': 41 }, one).counts.cannotTell).toBe(3);
  });

  it('knows what is better in the paper', () => {
    const perplexities = paper({ 'depth=1': 20, 'depth=2': 10 }, { better: 'lower' });
    expect(orderVerdict(clear, 'bitsPerCharacter', perplexities).pairs[0]).toMatchObject({
      better: 'depth=2',
      paper: 10,
      outcome: 'agrees',
    });
  });

  it('compares only arms that both have and the paper tells apart', () => {
    expect(verdict({ 'depth=1': 35, 'depth=2': 35, 'depth=9': 1 })).toMatchObject({ pairs: [], outcome: 'cannotTell' });
  });
});

describe('caveats', () => {
  const kinds = (record = clear, changes: Partial<PaperScores> = {}) =>
    orderVerdict(record, 'bitsPerCharacter', paper({ 'depth=1': 1, 'depth=2': 2 }, changes)).caveats;

  it('say how much smaller and shorter the runs are, and that there was no search', () => {
    const [tokens, size, unequal, search] = kinds();
    expect(tokens).toMatchObject({ kind: 'tokensPerParameter', paper: 50 });
    expect(tokens?.kind === 'tokensPerParameter' && tokens.here[0]).toBeLessThan(1);
    const largest = Math.max(...clear.arms.map(({ parameters }) => parameters));
    expect(size).toEqual({ kind: 'sizeRatio', ratio: 1e9 / largest });
    expect(unequal).toMatchObject({ kind: 'unequalSizes' });
    expect(search).toEqual({ kind: 'noSearch' });
    expect(kinds(clear, { parameters: null })[0]).toMatchObject({ paper: null });
  });

  it('name arms whose best rate is at the edge, runs that are left or diverged, and few seeds', () => {
    const experiment = exampleExperiment({ search: { factors: [0.5, 1], share: 0.5 }, seeds: [1, 2] });
    const record = exampleRecord(experiment, { 'depth=1': [1, null], 'depth=2': [1] });
    const found = kinds(record);
    expect(found).toContainEqual({ kind: 'edge', arms: ['depth=1', 'depth=2'] });
    expect(found).toContainEqual({ kind: 'fewSeeds', n: 0 });
    expect(found).toContainEqual({ kind: 'unfinished', runs: 3 });
    expect(found).toContainEqual({ kind: 'diverged', arms: ['depth=1'] });
  });

  it('tell of budgets that were missed, of other lengths, of many pairs and of several devices', () => {
    const hold = { quantity: 'parameters', free: 'model.hidden_size', target: 9000 } as const;
    const held = exampleRecord(exampleExperiment({ hold }), {});
    expect(kinds(held)).toContainEqual({
      kind: 'mismatch',
      largest: Math.max(...held.arms.map(({ mismatch }) => mismatch ?? 0)),
    });
    expect(kinds(held).some(({ kind }) => kind === 'unequalSizes')).toBe(false);
    const batches = exampleRecord(
      exampleExperiment({ arms: { kind: 'grid', axes: [{ key: 'batch', values: [2, 4] }] } }),
      {},
    );
    expect(kinds(batches)).toContainEqual({ kind: 'unequalTokens', tokens: [3200, 6400] });
    const depths = [1, 2, 3, 4];
    const many = exampleRecord(
      exampleExperiment({ arms: { kind: 'grid', axes: [{ key: 'depth', values: depths }] } }),
      {},
    );
    const scores = Object.fromEntries(depths.map((depth) => [`depth=${depth}`, depth]));
    expect(orderVerdict(many, 'bitsPerCharacter', paper(scores)).caveats).toContainEqual({
      kind: 'comparisons',
      pairs: 6,
    });
    const [first, ...others] = clear.results;
    const moved = { ...clear, results: first ? [{ ...first, adapter: 'another' }, ...others] : [] };
    expect(kinds(moved)).toContainEqual({ kind: 'adapters', names: ['another', 'SwiftShader'] });
  });
});

describe('correlationVerdict', () => {
  const depths = [1, 2, 3, 4, 5, 6];
  const record = (score: (depth: number) => number) =>
    exampleRecord(
      exampleExperiment({ arms: { kind: 'grid', axes: [{ key: 'depth', values: depths }] }, seeds: [1] }),
      Object.fromEntries(depths.map((depth) => [`depth=${depth}`, [score(depth)]])),
    );
  const told = (score: (depth: number) => number, coefficient = 0.528) =>
    correlationVerdict(record(score), 'bitsPerCharacter', 'depth', { coefficient, parameters: 1e9, tokens: 5e9 });

  it('compares signs where chance does not explain the measured one', () => {
    // Fewer bits a character are a better score.
    expect(told((depth) => 5 - depth / 10)).toMatchObject({ outcome: 'agrees', measured: { coefficient: 1, n: 6 } });
    expect(told((depth) => depth).outcome).toBe('disagrees');
    expect(told((depth) => depth, -0.516).outcome).toBe('agrees');
  });

  it('cannot tell from a weak correlation, or from one of a size that does not change', () => {
    expect(told((depth) => (depth % 2 === 0 ? 1 : 2) + depth / 100).outcome).toBe('cannotTell');
    const width = correlationVerdict(
      record((depth) => depth),
      'bitsPerCharacter',
      'width',
      {
        coefficient: -0.516,
        parameters: 1e9,
        tokens: 5e9,
      },
    );
    expect(width).toMatchObject({ outcome: 'cannotTell', measured: { coefficient: null } });
  });
});
