import { describe, expect, it } from 'vitest';
import { exampleRecipe } from '../run-example';
import { armsOf } from './arms';
import type { Experiment } from './experiment';
import { exampleExperiment, exampleVocabulary } from './experiment-example';

const sentences = (experiment: Experiment) =>
  armsOf(experiment, exampleVocabulary).problems.map(({ sentence }) => sentence);

describe('an experiment that is not one', () => {
  const grid = (...axes: Extract<Experiment['arms'], { kind: 'grid' }>['axes']) =>
    exampleExperiment({ arms: { kind: 'grid', axes } });

  it.each<[Partial<Experiment>, string]>([
    [{ seeds: [] }, 'There is no seed: give at least one.'],
    [{ seeds: [1, 1] }, 'The seed 1 is given twice: it would make the same run.'],
    [{ seeds: [-1] }, 'A seed is -1: choose a whole number from 0 to 4294967295.'],
    [
      { search: { factors: [1, 0.5], share: 0.25 } },
      'The factors of the learning rate are 1, 0.5: give numbers above 0 that rise.',
    ],
    [
      { search: { factors: [], share: 0.25 } },
      'The factors of the learning rate are none: give numbers above 0 that rise.',
    ],
    [{ search: { factors: [1e6], share: 0.25 } }, 'learningRate is 1000: choose a number from 0 to 100.'],
    [{ search: { factors: [1], share: 0 } }, 'A search run is 0 of a whole run: give a share above 0 and at most 1.'],
    [
      { length: { kind: 'tokensPerParameter', value: 0 } },
      'tokensPerParameter is 0: choose a number from 0.01 to 10000.',
    ],
    [
      { hold: { quantity: 'flops', free: 'model.num_hidden_layers', target: null } },
      'depth is an axis, but model.num_hidden_layers is solved for the budget: let width or expansion be free, or hold nothing.',
    ],
    [
      { hold: { quantity: 'flops', free: 'model.hidden_size', target: -5 } },
      'The budget is -5: give a number above 0, or take what the base has.',
    ],
    [
      { base: exampleRecipe({ steps: 100, warmup: 10 }), arms: { kind: 'grid', axes: [{ key: 'depth', values: [] }] } },
      'depth has no values: give at least one.',
    ],
    [
      { arms: { kind: 'random', ranges: [{ key: 'depth', from: 4, to: 2 }], count: 3, seed: 1 } },
      'depth is drawn from 4 to 2: give whole numbers from 1, the smaller first.',
    ],
    [
      { arms: { kind: 'random', ranges: [{ key: 'norm', from: 1, to: 2 }], count: 3, seed: 1 } },
      'norm is no number, so no range can be drawn from: give a grid of its values.',
    ],
    [
      { arms: { kind: 'random', ranges: [{ key: 'depth', from: 1, to: 2 }], count: 3, seed: 1 } },
      'Only 2 different configurations were found in these ranges: ask for at most 2, or widen them.',
    ],
  ])('%j', (changes, sentence) => {
    expect(sentences(exampleExperiment(changes))).toEqual([sentence]);
  });

  it('has values that an axis does not take, or takes twice', () => {
    expect(sentences(grid({ key: 'depth', values: [0, 2, 2, 1.5] }))).toEqual([
      'depth is 0: choose a whole number from 1 to 1024.',
      'depth is 1.5: choose a whole number from 1 to 1024.',
      'depth has the value 2 twice: give it once.',
    ]);
  });

  it('has axes that exclude each other', () => {
    const two = (
      first: 'heads' | 'panguParts' | 'steps' | 'depth',
      second: 'headSize' | 'shortcut' | 'tokensPerParameter' | 'depth',
    ) => sentences(grid({ key: first, values: [first === 'panguParts' ? 'both' : 2] }, { key: second, values: [1] }));
    expect(two('heads', 'headSize')).toContain(
      'heads and headSize both decide model.num_attention_heads: take one of them.',
    );
    expect(two('panguParts', 'shortcut')).toEqual([
      'panguParts and shortcut both decide model.shortcut_size: take one of them.',
    ]);
    expect(two('steps', 'tokensPerParameter')).toEqual([
      'steps and tokensPerParameter both decide steps: take one of them.',
    ]);
    expect(two('depth', 'depth')).toEqual(['depth is an axis twice: take another for the second.']);
    const length = { kind: 'tokensPerParameter', value: 5 } as const;
    expect(sentences({ ...grid({ key: 'steps', values: [10] }), length })).toEqual([
      "steps is an axis, but the length is 5 tokens a parameter: let it be the base's steps.",
    ]);
  });

  it('has a base that is none', () => {
    const base = { ...exampleRecipe(), context: 64 };
    expect(sentences(exampleExperiment({ base }))[0]).toMatch(/^The base recipe: context is 64, but the model has 16/);
    expect(armsOf(exampleExperiment(), 0).problems[0]?.sentence).toMatch(/^The vocabulary has 0 tokens/);
  });
});
