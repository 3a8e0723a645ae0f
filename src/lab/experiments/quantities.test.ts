import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOf } from '../../graph/cost';
import { scoreGraph } from '../../model/graphs';
import { planTraining } from '../../train/plan';
import { recipeFields } from '../../train/recipe-schema';
import { exampleRecipe } from '../run-example';
import { anyRecipe } from './experiment-arbitrary';
import { configOf } from './parameters';
import { flopsPerStep, quantities } from './quantities';

const vocabulary = 70;

describe('quantities', () => {
  it('are those of the whole graph', () => {
    fc.assert(
      fc.property(anyRecipe, (recipe) => {
        const cost = costOf(scoreGraph(configOf(recipe, vocabulary), recipe.context).graph);
        expect(quantities.parameters(recipe, vocabulary)).toBe(cost.parameters);
        expect(quantities.bytes(recipe, vocabulary)).toBe(cost.weightBytes);
        expect(quantities.flops(recipe, vocabulary)).toBeCloseTo(cost.flops / recipe.context, 6);
      }),
    );
  });
});

describe('flopsPerStep', () => {
  it.each(recipeFields.optimizer.choices)('counts a deep model by two shallow ones: %s', (optimizer) => {
    const base = exampleRecipe({ optimizer, dropout: 0.1, accumulation: 2 });
    for (const num_hidden_layers of [1, 4, 9]) {
      const recipe = { ...base, model: { ...base.model, num_hidden_layers, query_layer: true, shortcut_size: 3 } };
      const { flops } = planTraining(configOf(recipe, vocabulary), recipe).cost;
      // The optimisers work by whole tiles and workgroups, whose number is not quite in proportion.
      expect(flopsPerStep(recipe, vocabulary) / flops).toBeCloseTo(1, 3);
    }
  });

  it('takes the vocabulary that the recipe asks for', () => {
    const asked = exampleRecipe({ vocabulary: { kind: 'bpe', size: 300 } });
    expect(quantities.parameters(asked, vocabulary) - quantities.parameters(exampleRecipe(), vocabulary)).toBe(
      2 * 16 * 230,
    );
  });
});
