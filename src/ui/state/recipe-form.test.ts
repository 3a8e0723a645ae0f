import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { completeModel, type Recipe, recipeProblems } from '../../train/recipe';
import { baseRecipe, changesOf, formTexts, readForm, textsOf } from './recipe-form';

const recipes: readonly Recipe[] = [
  baseRecipe,
  { ...baseRecipe, corpus: { kind: 'texts', ids: ['moby-dick', 'sotu'] }, vocabulary: { kind: 'characters' } },
  { ...baseRecipe, corpus: { kind: 'file', name: 'my own text.md', hash: '0a1b' }, vocabulary: { kind: 'bytes' } },
  {
    ...baseRecipe,
    optimizer: 'muon',
    learningRate: 2.5e-4,
    model: completeModel({ ...baseRecipe.model, num_key_value_heads: 2, norm: 'layer', sliding_window: 8 }, 'test'),
    vocabulary: { kind: 'shipped', id: 'story-micro' },
    corpus: { kind: 'storyworld', zhShare: 0.5 },
    samplePrompt: '',
  },
  { ...baseRecipe, vocabulary: { kind: 'pruned', from: 'text-mini', size: 777, method: 'closed' } },
];

describe('the form', () => {
  test('the base recipe is right and needs nothing of the address', () => {
    expect(recipeProblems(baseRecipe)).toEqual([]);
    expect(changesOf(textsOf(baseRecipe))).toEqual({});
  });

  test.each(recipes)('a recipe comes back from its texts: %#', (recipe) => {
    const { recipe: read, problems } = readForm(changesOf(textsOf(recipe)));
    expect(problems).toEqual([]);
    expect(read).toEqual(recipe);
  });

  test('what was typed stays, with a sentence for its field', () => {
    const { texts, problems } = readForm({ context: 'many', 'model.hidden_size': '-3', warmup: '1e9' });
    expect(texts.context).toBe('many');
    expect(problems.map(({ key }) => key)).toEqual(['context', 'warmup', 'model.hidden_size', 'warmup']);
    expect(problems[0]?.sentence).toBe('context is "many": choose a whole number from 4 to 4096.');
  });

  test('a pruned vocabulary that cannot be is said in a sentence', () => {
    const sentences = (changes: Record<string, string>) =>
      readForm({ vocabulary: 'pruned', ...changes }).problems.map(({ sentence }) => sentence);
    expect(sentences({})).toEqual([]);
    expect(sentences({ 'vocabulary.size': 'few' })).toEqual([
      'vocabulary.size is "few": choose a whole number from 256 to 8192.',
    ]);
    expect(sentences({ 'vocabulary.method': 'luck' })).toEqual([
      'vocabulary.method is "luck": choose frequency or closed.',
    ]);
    expect(sentences({ 'vocabulary.shipped': '' })).toEqual([
      'vocabulary.from is "": name the shipped model whose tokenizer is pruned.',
    ]);
  });

  test('a file that was not given is asked for', () => {
    expect(readForm({ corpus: 'file' }).problems.map(({ key }) => key)).toEqual(['corpus']);
  });

  test('any changes read without throwing, and unknown keys change nothing', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...Object.keys(formTexts({})), 'x', 'toString'), fc.string()),
        (given) => {
          const { texts } = readForm(given);
          expect(Object.keys(texts).sort()).toEqual(Object.keys(formTexts({})).sort());
        },
      ),
    );
  });
});
