/** Random recipes, experiments and records for property tests. */
import fc from 'fast-check';
import { pruningMethods } from '../../data/corpus/choice';
import { fields } from '../../model/config-schema';
import { parseRecipe, type Recipe } from '../../train/recipe';
import { recipeFields } from '../../train/recipe-schema';
import { exampleRecipe } from '../run-example';
import { type AxisKey, type AxisValue, axisKeys, axisOf } from './axes';
import {
  type Arms,
  type Axis,
  type Experiment,
  type ExperimentRecord,
  experimentVersion,
  freeFields,
  heldQuantities,
  type JobResult,
} from './experiment';

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
      fc.record({
        kind: fc.constant('pruned' as const),
        from: fc.constantFrom('story-nano', 'text-mini'),
        size: fc.integer({ min: 256, max: 600 }),
        method: fc.constantFrom(...pruningMethods),
      }),
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

const anyKey = fc.constantFrom(...axisKeys);

/** A value that an axis offers, not far from what small models have. */
export function anyAxisValue(key: AxisKey): fc.Arbitrary<AxisValue> {
  const { values } = axisOf(key);
  switch (values.kind) {
    case 'integer':
      return fc.integer({ min: values.minimum, max: Math.min(values.maximum, values.minimum + 300) });
    case 'number':
      return anyNumber(values.minimum, Math.min(values.maximum, 4));
    case 'choice':
      return fc.constantFrom(...values.choices);
    case 'boolean':
      return fc.boolean();
    default:
      return values satisfies never;
  }
}

const anyAxis: fc.Arbitrary<Axis> = anyKey.chain((key) =>
  fc.uniqueArray(anyAxisValue(key), { minLength: 1, maxLength: 4 }).map((values) => ({ key, values })),
);

const anyArms: fc.Arbitrary<Arms> = fc.oneof(
  fc
    .tuple(anyAxis, fc.option(anyAxis))
    .map(([first, second]): Arms => ({ kind: 'grid', axes: second ? [first, second] : [first] })),
  fc.record({
    kind: fc.constant('random' as const),
    ranges: fc.array(fc.record({ key: anyKey, from: fc.nat(), to: fc.nat() }), { maxLength: 3 }),
    count: fc.nat(100),
    seed: fc.nat(),
  }),
);

/** Every value may be had; together they need not make an experiment that can be run. */
export const anyExperiment: fc.Arbitrary<Experiment> = fc.record({
  schemaVersion: fc.constant(experimentVersion),
  preset: fc.option(fc.string({ maxLength: 9 })),
  kind: fc.constantFrom('pair', 'sweep'),
  base: anyRecipe,
  arms: anyArms,
  hold: fc.option(
    fc.record({
      quantity: fc.constantFrom(...heldQuantities),
      free: fc.constantFrom(...freeFields),
      target: fc.option(anyNumber(1, 1e9)),
    }),
  ),
  length: fc.oneof(
    fc.constant({ kind: 'steps' as const }),
    anyNumber(0.1, 100).map((value) => ({ kind: 'tokensPerParameter' as const, value })),
  ),
  search: fc.record({ factors: fc.array(anyNumber(0.1, 10), { maxLength: 4 }), share: anyNumber(0.1, 1) }),
  seeds: fc.array(fc.nat(), { maxLength: 4 }),
});

/** What a run of this id may have left behind. */
export function anyResult(job: string): fc.Arbitrary<JobResult> {
  return fc.record({
    job: fc.constant(job),
    state: fc.constantFrom('done', 'diverged'),
    factor: anyNumber(0.1, 10),
    heldOutLoss: fc.option(anyNumber(0, 10)),
    bitsPerCharacter: fc.option(anyNumber(0, 10)),
    trainingLoss: fc.option(anyNumber(0, 10)),
    probes: fc.option(fc.nat(20).map((correct) => ({ correct, n: 20 }))),
    points: fc
      .array(fc.record({ heldOutLoss: anyNumber(0, 10), bitsPerCharacter: anyNumber(0, 10) }), { maxLength: 4 })
      .map((points) => points.map((point, index) => ({ step: 5 * index, ...point }))),
    steps: fc.nat(),
    tokensPerSecond: anyNumber(0, 1e6),
    seconds: anyNumber(0, 1e6),
    adapter: fc.string({ maxLength: 9 }),
  });
}

/** A record with other results, about as many as it has runs. */
export function anyResults(record: ExperimentRecord, jobs: readonly string[]): fc.Arbitrary<ExperimentRecord> {
  return fc
    .subarray([...jobs])
    .chain((done) => fc.tuple(...done.map(anyResult)))
    .map((results) => ({ ...record, results }));
}

/** No −0, which JSON does not hold. */
function anyNumber(min: number, max: number): fc.Arbitrary<number> {
  return fc.double({ min, max, noNaN: true }).map((value) => value + 0);
}
