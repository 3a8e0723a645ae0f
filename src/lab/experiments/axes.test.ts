import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parameterCount } from '../../model/names';
import { type Recipe, recipeProblems } from '../../train/recipe';
import { differingFields } from '../recipe-differences';
import { exampleRecipe } from '../run-example';
import { type AxisKey, type AxisValue, axes, axisKeys, axisOf, isAxisKey, readAxis, writeAxes } from './axes';
import { modelOf, valueProblem } from './axis';
import { anyAxisValue, anyRecipe } from './experiment-arbitrary';
import { parametersOf } from './parameters';

const vocabulary = 70;

/** Width 64 with four heads of 16 and F 128, twenty steps. */
const base = exampleRecipe({
  model: { ...exampleRecipe().model, hidden_size: 64, num_attention_heads: 4, intermediate_size: 128 },
});

function written(key: AxisKey, value: AxisValue, recipe: Recipe = base): Recipe {
  const { recipe: result, problems } = writeAxes(recipe, [{ key, value }], recipe, vocabulary);
  expect(problems).toEqual([]);
  return result;
}

const anySetting = fc.constantFrom(...axisKeys).chain((key) => anyAxisValue(key).map((value) => ({ key, value })));

describe('every axis', () => {
  it('changes no field that it does not name', () => {
    fc.assert(
      fc.property(anyRecipe, anySetting, (recipe, setting) => {
        const { recipe: changed } = writeAxes(recipe, [setting], recipe, vocabulary);
        const { decides, follows } = axisOf(setting.key);
        for (const { key } of differingFields([recipe, changed])) expect([...decides, ...follows]).toContain(key);
      }),
      { numRuns: 1000 },
    );
  });

  it('changes the number of parameters only where it says so', () => {
    fc.assert(
      fc.property(anyRecipe, anySetting, (recipe, setting) => {
        const { recipe: changed } = writeAxes(recipe, [setting], recipe, vocabulary);
        if (axisOf(setting.key).changesParameters || recipeProblems(changed).length > 0) return;
        const count = (of: Recipe) => parameterCount(modelOf(of, vocabulary));
        expect(count(changed)).toBe(count(recipe));
      }),
      { numRuns: 1000 },
    );
  });

  it('leaves the recipe as it is when it writes what it reads', () => {
    fc.assert(
      fc.property(anyRecipe, fc.constantFrom(...axisKeys), (recipe, key) => {
        // Ratios of rounded sizes come back rounded, and parts that are on may be of other sizes.
        if (['expansion', 'shortcut', 'tokensPerParameter', 'panguParts'].includes(key)) return;
        const value = readAxis(key, recipe, vocabulary);
        if (valueProblem(axisOf(key).values, value, key) !== null) return;
        const { recipe: same, problems } = writeAxes(recipe, [{ key, value }], recipe, vocabulary);
        const stated = recipe.model.head_dim !== null && ['heads', 'headSize'].includes(key);
        if (problems.length === 0 && !stated) expect(differingFields([recipe, same])).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it.each(axisKeys)('%s says in a sentence what it means', (key) => {
    expect(axes[key].meaning).toMatch(/^[A-Z].*\.$/s);
    expect(isAxisKey(key)).toBe(true);
  });
});

describe('an axis reads back what it wrote', () => {
  it.each([
    ['depth', [1, 7]],
    ['width', [32, 128, 96]],
    ['heads', [1, 2, 8]],
    ['kvHeads', [1, 2, 4]],
    ['headSize', [8, 32, 64]],
    ['expansion', [1, 2, 4, 2.75]],
    ['vocabulary', [256, 4096]],
    ['context', [8, 512]],
    ['tiedHead', [true, false]],
    ['ffn', ['gelu', 'relu', 'swiglu', 'geglu', 'reglu']],
    ['seriesBranches', [1, 4]],
    ['experts', [0, 2, 16]],
    ['shortcut', [1, 1 / 4, 1 / 16, 1 / 32, 1 / 64, 0]],
    ['panguParts', ['none', 'series', 'shortcut', 'both']],
    ['norm', ['rms', 'layer']],
    ['normPlacement', ['pre', 'post', 'sandwich', 'deepnorm']],
    ['embeddingShrink', [0.1, 1]],
    ['position', ['rope', 'learned', 'none']],
    ['queryLayer', [true]],
    ['initializer', ['constant', 'gpt2', 'internlm', 'pangu-pi-pro']],
    ['initRange', [0.01]],
    ['weightDecay', [0, 0.2]],
    ['batch', [1, 32]],
    ['learningRate', [0.01]],
    ['optimizer', ['adamw', 'sgd', 'muon']],
    ['dropout', [0.1]],
    ['clip', [0, 2]],
    ['steps', [1, 4000]],
  ] as const satisfies readonly (readonly [AxisKey, readonly AxisValue[]])[])('%s', (key, values) => {
    for (const value of values) {
      const recipe = written(key, value);
      expect(readAxis(key, recipe, vocabulary)).toBe(value);
      expect(recipeProblems(recipe)).toEqual([]);
    }
  });

  it('the gate of experts, where there are any', () => {
    const settings = [
      { key: 'expertGate', value: 'learned' },
      { key: 'experts', value: 4 },
    ] as const;
    const { recipe, problems } = writeAxes(base, settings, base, vocabulary);
    expect(problems).toEqual([]);
    expect(recipe.model).toMatchObject({ num_experts: 4, expert_gate: 'learned' });
    expect(writeAxes(base, [settings[0]], base, vocabulary).problems).toEqual([
      'expertGate decides nothing in a model without experts: choose a num_experts of 2 or more first.',
    ]);
  });

  it('two axes at once, in either order', () => {
    const settings = [
      { key: 'expansion', value: 3 },
      { key: 'ffn', value: 'gelu' },
      { key: 'width', value: 96 },
      { key: 'headSize', value: 48 },
    ] as const;
    for (const order of [settings, settings.toReversed()]) {
      const { recipe, problems } = writeAxes(base, order, base, vocabulary);
      expect(problems).toEqual([]);
      for (const { key, value } of settings) expect(readAxis(key, recipe, vocabulary)).toBe(value);
      expect(recipe.model).toMatchObject({ num_attention_heads: 2, intermediate_size: 288 });
    }
  });
});

describe('vocabulary and pruning', () => {
  const pruned = {
    ...base,
    vocabulary: { kind: 'pruned', from: 'story-nano', size: 300, method: 'frequency' },
  } as const;

  it('are the size and the way of a pruned vocabulary, in either order', () => {
    const settings = [
      { key: 'vocabulary', value: 512 },
      { key: 'pruning', value: 'closed' },
    ] as const;
    for (const order of [settings, settings.toReversed()]) {
      const { recipe, problems } = writeAxes(pruned, order, pruned, vocabulary);
      expect(problems).toEqual([]);
      expect(recipe.vocabulary).toEqual({ kind: 'pruned', from: 'story-nano', size: 512, method: 'closed' });
      for (const { key, value } of settings) expect(readAxis(key, recipe, vocabulary)).toBe(value);
    }
  });

  it('count the parameters of the size that is asked for', () => {
    const count = (recipe: Recipe) => parametersOf(recipe, vocabulary);
    expect(count(written('vocabulary', 364, pruned)) - count(pruned)).toBe(
      64 * 64 * (pruned.model.tie_word_embeddings ? 1 : 2),
    );
    expect(count(written('pruning', 'closed', pruned))).toBe(count(pruned));
  });

  it('ask for a pruned vocabulary to vary the way', () => {
    expect(writeAxes(base, [{ key: 'pruning', value: 'closed' }], base, vocabulary)).toEqual({
      recipe: base,
      problems: [`pruning is varied, but the vocabulary is of the kind ${base.vocabulary.kind}: choose a pruned one.`],
    });
    expect(written('vocabulary', 300).vocabulary).toEqual({ kind: 'bpe', size: 300 });
  });
});

describe('width', () => {
  it('keeps head size, expansion and the share of the shortcut', () => {
    const { model } = written('width', 128, { ...base, model: { ...base.model, shortcut_size: 4 } });
    expect(model).toMatchObject({ num_attention_heads: 8, intermediate_size: 256, shortcut_size: 8, head_dim: null });
  });

  it('takes the nearest head size where the width does not allow it, one that KV heads divide', () => {
    expect(written('width', 40).model.num_attention_heads).toBe(2);
    expect(written('width', 8).model.num_attention_heads).toBe(1);
    const grouped = { ...base, model: { ...base.model, num_key_value_heads: 2 } };
    expect(written('width', 24, grouped).model.num_attention_heads).toBe(2);
  });

  it('gives a valid model for every width that holds an even head', () => {
    fc.assert(
      fc.property(anyRecipe, fc.integer({ min: 1, max: 60 }), (recipe, half) => {
        const G = recipe.model.num_key_value_heads ?? 1;
        const { recipe: wide } = writeAxes(recipe, [{ key: 'width', value: 2 * G * half }], recipe, vocabulary);
        expect(recipeProblems(wide)).toEqual([]);
      }),
    );
  });
});

describe('headSize and heads', () => {
  it('say which sizes divide', () => {
    const problems = (key: AxisKey, value: AxisValue) => writeAxes(base, [{ key, value }], base, vocabulary).problems;
    expect(problems('headSize', 24)).toEqual([
      'A head of size 24 does not divide a width of 64 into even sizes: choose 16 or 32.',
    ]);
    expect(problems('headSize', 128)).toEqual([
      'A head of size 128 does not divide a width of 64 into even sizes: choose 64.',
    ]);
    expect(problems('heads', 6)).toEqual(['6 heads do not divide a width of 64 into even sizes: choose 4 or 8.']);
    expect(problems('heads', 1.5)).toEqual(['heads is 1.5: choose a whole number from 1 to 1024.']);
  });
});

describe('ffn', () => {
  it('keeps the parameters of the feed-forward network when the gate goes and comes', () => {
    const wide = { ...base, model: { ...base.model, intermediate_size: 192 } };
    const plain = written('ffn', 'gelu', wide);
    expect(plain.model).toMatchObject({ ffn_gated: false, hidden_act: 'gelu_pytorch_tanh', intermediate_size: 288 });
    expect(parameterCount(modelOf(plain, vocabulary))).toBe(parameterCount(modelOf(wide, vocabulary)));
    expect(written('ffn', 'reglu', plain).model.intermediate_size).toBe(192);
    expect(written('ffn', 'relu', plain).model.intermediate_size).toBe(288);
  });

  it('names what it does not offer', () => {
    expect(readAxis('ffn', { ...base, model: { ...base.model, ffn_gated: false } }, vocabulary)).toBe('silu');
  });
});

describe('shortcut and panguParts', () => {
  it('are never 0 units when on', () => {
    expect(
      written('shortcut', 1 / 64, { ...base, model: { ...base.model, hidden_size: 16 } }).model.shortcut_size,
    ).toBe(1);
    expect(written('panguParts', 'both').model).toMatchObject({ series_branches: 2, shortcut_size: 4 });
    expect(written('panguParts', 'shortcut', written('width', 512)).model.shortcut_size).toBe(16);
  });
});

describe('batchRule', () => {
  it('takes the batch of the other axis and the rate of the base', () => {
    const rate = (batch: number, rule: number) =>
      writeAxes(
        base,
        [
          { key: 'batchRule', value: rule },
          { key: 'batch', value: batch },
        ],
        base,
        vocabulary,
      ).recipe.learningRate / base.learningRate;
    expect(base.batch).toBe(2);
    expect(rate(8, 0)).toBe(1);
    expect(rate(8, 0.5)).toBeCloseTo(2, 12);
    expect(rate(8, 1)).toBeCloseTo(4, 12);
    expect(rate(8, 1.5)).toBeCloseTo(8, 12);
    expect(rate(1, 0.5)).toBeCloseTo(Math.SQRT1_2, 12);
  });
});

describe('tokensPerParameter', () => {
  it('sets the steps of the model as it is, rounded up, and keeps the share of the warm-up', () => {
    const recipe = written('tokensPerParameter', 20);
    const parameters = parameterCount(modelOf(recipe, vocabulary));
    expect(recipe.steps).toBe(Math.ceil((20 * parameters) / 32));
    expect(recipe.warmup).toBe(Math.round(recipe.steps / 10));
    expect(readAxis('tokensPerParameter', recipe, vocabulary)).toBeCloseTo(20, 2);
  });
});
