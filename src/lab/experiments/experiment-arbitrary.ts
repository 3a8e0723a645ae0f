/** Random recipes, experiments and records for property tests. */
import fc from 'fast-check';
import { fields } from '../../model/config-schema';
import { parseRecipe, type Recipe } from '../../train/recipe';
import { recipeFields } from '../../train/recipe-schema';
import { exampleRecipe } from '../run-example';

/** A valid recipe of a small model, any switch of it on or off. */
export const anyRecipe: fc.Arbitrary<Recipe> = fc
  .record({
    kvHeads: fc.integer({ min: 1, max: 3 }),
    group: fc.integer({ min: 1, max: 3 }),
    halfHead: fc.integer({ min: 1, max: 12 }),
    statesHead: fc.boolean(),
    statesKvHeads: fc.boolean(),
    width: fc.integer({ min: 1, max: 100 }),
    num_hidden_layers: fc.integer({ min: 1, max: 6 }),
    intermediate_size: fc.integer({ min: 1, max: 200 }),
    shortcut_size: fc.integer({ min: 0, max: 9 }),
    series_branches: fc.integer({ min: 1, max: 4 }),
    switches: fc.record({
      tie_word_embeddings: fc.boolean(),
      ffn_gated: fc.boolean(),
      query_layer: fc.boolean(),
      attention_bias: fc.boolean(),
      mlp_bias: fc.boolean(),
      hidden_act: fc.constantFrom(...fields.hidden_act.choices),
      norm: fc.constantFrom(...fields.norm.choices),
      norm_placement: fc.constantFrom(...fields.norm_placement.choices),
      position_embedding: fc.constantFrom(...fields.position_embedding.choices),
      initializer: fc.constantFrom(...fields.initializer.choices),
    }),
    context: fc.integer({ min: 4, max: 64 }),
    vocabulary: fc.oneof(
      fc.constant({ kind: 'characters' as const }),
      fc.integer({ min: 256, max: 600 }).map((size) => ({ kind: 'bpe' as const, size })),
    ),
    training: fc.record({
      batch: fc.integer({ min: 1, max: 64 }),
      steps: fc.integer({ min: 1, max: 5000 }),
      warmupShare: fc.double({ min: 0, max: 1, noNaN: true }),
      learningRate: fc.double({ min: 1e-5, max: 0.1, noNaN: true }),
      optimizer: fc.constantFrom(...recipeFields.optimizer.choices),
      probeEvery: fc.constantFrom(0, 50),
    }),
  })
  .map(({ kvHeads, group, halfHead, statesHead, statesKvHeads, width, switches, training, context, ...rest }) => {
    const { vocabulary, ...sizes } = rest;
    const { warmupShare, ...values } = training;
    const heads = kvHeads * group;
    const model = {
      ...sizes,
      ...switches,
      num_attention_heads: heads,
      num_key_value_heads: statesKvHeads ? kvHeads : null,
      hidden_size: statesHead ? width : heads * halfHead * 2,
      head_dim: statesHead ? halfHead * 2 : null,
      max_position_embeddings: context,
    };
    const warmup = Math.floor(warmupShare * values.steps);
    return parseRecipe({ ...exampleRecipe(), ...values, warmup, context, vocabulary, model }, 'random');
  });
