import { expect, it } from 'vitest';
import type { Recipe } from '../train/recipe';
import { exampleRecipe, exampleRun } from './run-example';
import { runNames } from './run-names';

function names(...recipes: Partial<Recipe>[]): string[] {
  const runs = recipes.map((changes, index) =>
    exampleRun({ id: `run-${index}`, recipe: exampleRecipe(changes), created: `2026-01-31T12:00:0${index}.000Z` }),
  );
  const found = runNames(runs);
  return runs.map((run) => found.get(run.id) ?? '');
}

const { model } = exampleRecipe();

it('names a run by what differs', () => {
  expect(names({ learningRate: 0.001 }, { learningRate: 0.003 })).toEqual(['learningRate 0.001', 'learningRate 0.003']);
  expect(names({}, { model: { ...model, norm: 'layer', tie_word_embeddings: true } })).toEqual([
    'tie_word_embeddings off · norm rms',
    'tie_word_embeddings on · norm layer',
  ]);
});

it('names a single run, and equal ones with a number', () => {
  expect(names({})).toEqual(['StoryWorld, English · 2 × 16']);
  expect(names({}, {}, {})).toEqual([
    'StoryWorld, English · 2 × 16',
    'StoryWorld, English · 2 × 16 (2)',
    'StoryWorld, English · 2 × 16 (3)',
  ]);
});

it('leaves out what only watches, and counts what does not fit', () => {
  expect(names({ evaluateEvery: 5 }, { evaluateEvery: 6 })[0]).toBe('StoryWorld, English · 2 × 16');
  expect(names({}, { seed: 2, batch: 3, steps: 30, beta1: 0.8, order: 'stream' })[1]).toBe(
    'order stream · batch 3 · steps 30 · +2',
  );
});

it('says in what each of many departs from most, when more differs than a name holds', () => {
  const wide = { ...model, hidden_size: 32, intermediate_size: 64 };
  expect(names({}, { seed: 2 }, { learningRate: 0.3, clip: 0 }, { model: wide }, { seed: 3, warmup: 0 })).toEqual([
    'StoryWorld, English · 2 × 16',
    'seed 2',
    'learningRate 0.3 · clip 0',
    'hidden_size 32 · head_dim 16 · intermediate_size 64',
    'warmup 0 · seed 3',
  ]);
});

it('keeps the name a user gave', () => {
  const runs = [exampleRun({ id: 'a', name: 'mine' }), exampleRun({ id: 'b', recipe: exampleRecipe({ seed: 7 }) })];
  expect([...runNames(runs).values()]).toEqual(['mine', 'seed 7']);
});

it('tells two files of one name apart by number', () => {
  const file = (hash: string): Partial<Recipe> => ({ corpus: { kind: 'file', name: 'notes.txt', hash } });
  expect(names(file('aa'), file('bb'))).toEqual(['notes.txt', 'notes.txt (2)']);
});
