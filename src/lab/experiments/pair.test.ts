import { describe, expect, it } from 'vitest';
import { armsOf } from './arms';
import type { Experiment } from './experiment';
import { exampleExperiment, exampleVocabulary } from './experiment-example';

describe('a pair', () => {
  const pair = (axes: Extract<Experiment['arms'], { kind: 'grid' }>['axes'], changes: Partial<Experiment> = {}) =>
    armsOf(exampleExperiment({ kind: 'pair', arms: { kind: 'grid', axes }, ...changes }), exampleVocabulary);

  it('has two arms that differ in one field, and in the solved one', () => {
    const hold = { quantity: 'parameters', free: 'model.hidden_size', target: null } as const;
    const { arms, problems } = pair(
      [
        { key: 'depth', values: [1, 4] },
        { key: 'norm', values: ['layer'] },
      ],
      { hold },
    );
    expect(problems).toEqual([]);
    expect(arms.map(({ id }) => id)).toEqual(['depth=1,norm=layer', 'depth=4,norm=layer']);
  });

  it('that differs in a second field is refused, and a pair about that one is offered', () => {
    const { arms, problems } = pair([
      { key: 'depth', values: [1, 4] },
      { key: 'norm', values: ['rms', 'layer'] },
    ]);
    expect(arms).toEqual([]);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.sentence).toBe(
      'The arms of the pair differ in depth (1, 4), and in norm (rms, layer) too: a pair answers one question. Take norm rms in both, and ask about norm in a pair of its own.',
    );
    const offer = problems[0]?.offer;
    expect(offer?.arms).toEqual({ kind: 'grid', axes: [{ key: 'norm', values: ['rms', 'layer'] }] });
    expect(offer && armsOf(offer, exampleVocabulary).problems).toEqual([]);
  });

  it('that is drawn at random is refused where it differs in two', () => {
    const ranges = [
      { key: 'depth', from: 1, to: 40 },
      { key: 'batch', from: 1, to: 40 },
    ] as const;
    const { problems } = armsOf(
      exampleExperiment({ kind: 'pair', arms: { kind: 'random', ranges, count: 2, seed: 3 } }),
      exampleVocabulary,
    );
    expect(problems[0]?.sentence).toMatch(/^The arms of the pair differ in depth \(\d+, \d+\), and in batch/);
  });

  it('has no more and no fewer', () => {
    expect(pair([{ key: 'depth', values: [1, 2, 3] }]).problems[0]?.sentence).toBe(
      'A pair has two arms, these settings make 3: give depth two values, or make it a sweep.',
    );
    expect(pair([{ key: 'depth', values: [1] }]).problems[0]?.sentence).toMatch(/these settings make 1/);
  });
});
