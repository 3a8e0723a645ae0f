/** What an experiment and its record must look like when they come from a file or from storage: `experiment.ts` as shapes. */
import { parseRecipe, type Recipe } from '../../train/recipe';
import { count, finite, listOf, oneOf, orNull, record, type Shape, ShapeError, text } from '../json-shape';
import { type AxisKey, type AxisValue, axisOf, isAxisKey } from './axes';
import { valueProblem, valuesText } from './axis';
import {
  type Arm,
  type Arms,
  type Axis,
  type DecodeTime,
  type Experiment,
  type ExperimentRecord,
  experimentVersion,
  freeFields,
  type Hold,
  heldQuantities,
  type JobPoint,
  type JobResult,
  type LearningRateSearch,
  type Length,
  type RandomRange,
} from './experiment';

const states = [
  'waiting',
  'running',
  'paused',
  'done',
  'cancelled',
] as const satisfies readonly ExperimentRecord['state'][];

const longestId = 1000;

const positive: Shape<number> = (value, place) => {
  const number = finite(value, place);
  if (!(number > 0)) throw new ShapeError(place, value, 'a number above 0');
  return number;
};

const axisKey: Shape<AxisKey> = (value, place) => {
  if (!isAxisKey(value)) throw new ShapeError(place, value, 'the name of an axis, like depth');
  return value;
};

const axisValue: Shape<AxisValue> = (value, place) => {
  if (typeof value === 'boolean') return value;
  return typeof value === 'number' ? finite(value, place) : text(100)(value, place);
};

const recipe: Shape<Recipe> = (value, place) => parseRecipe(value, place);

const axis: Shape<Axis> = (value, place) => {
  const { key, values } = record<Axis>({ key: axisKey, values: listOf(axisValue) })(value, place);
  const row = axisOf(key);
  values.forEach((each, index) => {
    if (valueProblem(row.values, each, key) !== null) {
      throw new ShapeError(`${place}.values[${index}]`, each, `a value of ${key}: ${valuesText(row.values)}`);
    }
  });
  return { key, values };
};

const axes: Shape<readonly [Axis] | readonly [Axis, Axis]> = (value, place) => {
  const [first, second, ...others] = listOf(axis)(value, place);
  if (!first || others.length > 0) throw new ShapeError(place, value, 'a list of one axis or two');
  return second ? [first, second] : [first];
};

const armsKinds = {
  grid: record<Extract<Arms, { kind: 'grid' }>>({ kind: oneOf('grid'), axes }),
  random: record<Extract<Arms, { kind: 'random' }>>({
    kind: oneOf('random'),
    ranges: listOf(record<RandomRange>({ key: axisKey, from: finite, to: finite })),
    count,
    seed: count,
  }),
} satisfies { readonly [K in Arms['kind']]: Shape<Extract<Arms, { kind: K }>> };

const lengthKinds = {
  steps: record<Extract<Length, { kind: 'steps' }>>({ kind: oneOf('steps') }),
  tokensPerParameter: record<Extract<Length, { kind: 'tokensPerParameter' }>>({
    kind: oneOf('tokensPerParameter'),
    value: positive,
  }),
} satisfies { readonly [K in Length['kind']]: Shape<Extract<Length, { kind: K }>> };

export const experimentShape: Shape<Experiment> = record<Experiment>({
  schemaVersion: oneOf(experimentVersion),
  preset: orNull(text(100)),
  kind: oneOf('pair', 'sweep'),
  base: recipe,
  arms: byKind<Arms>(armsKinds),
  hold: orNull(
    record<Hold>({ quantity: oneOf(...heldQuantities), free: oneOf(...freeFields), target: orNull(positive) }),
  ),
  length: byKind<Length>(lengthKinds),
  search: record<LearningRateSearch>({ factors: listOf(positive), share: positive }),
  seeds: listOf(count),
});

const arm: Shape<Arm> = record<Arm>({
  id: text(longestId),
  values: listOf(axisValue),
  recipe,
  parameters: count,
  flopsPerToken: finite,
  tokens: count,
  tokensPerParameter: finite,
  mismatch: orNull(finite),
});

const probes: Shape<{ readonly correct: number; readonly n: number }> = (value, place) => {
  const counts = record<{ correct: number; n: number }>({ correct: count, n: count })(value, place);
  if (counts.n < 1 || counts.correct > counts.n)
    throw new ShapeError(place, value, 'probes with correct ≤ n and n ≥ 1');
  return counts;
};

const points: Shape<readonly JobPoint[]> = (value, place) => {
  const read = listOf(record<JobPoint>({ step: count, heldOutLoss: finite, bitsPerCharacter: finite }))(value, place);
  const wrong = read.findIndex((point, index) => index > 0 && point.step <= (read[index - 1]?.step ?? 0));
  if (wrong >= 0) throw new ShapeError(`${place}[${wrong}].step`, read[wrong]?.step, 'above the step before it');
  return read;
};

const result: Shape<JobResult> = record<JobResult>({
  job: text(longestId),
  state: oneOf('done', 'diverged'),
  factor: positive,
  heldOutLoss: orNull(finite),
  bitsPerCharacter: orNull(finite),
  trainingLoss: orNull(finite),
  probes: orNull(probes),
  points,
  steps: count,
  tokensPerSecond: finite,
  seconds: finite,
  adapter: text(300),
});

const decodeTime = record<DecodeTime>({ median: finite, least: finite, most: finite });

/** Parts of it may still belong to other experiments: `parse.ts` looks at that. */
export const recordShape: Shape<ExperimentRecord> = record<ExperimentRecord>({
  schemaVersion: oneOf(experimentVersion),
  id: text(100),
  name: orNull(text(200)),
  created: (value, place) => {
    const date = text(40)(value, place);
    if (Number.isNaN(Date.parse(date))) throw new ShapeError(place, value, 'a date like 2026-01-31T12:00:00.000Z');
    return date;
  },
  state: oneOf(...states),
  experiment: experimentShape,
  arms: listOf(arm),
  results: listOf(result),
  seconds: finite,
  prediction: orNull(text(longestId)),
  floor: orNull(finite),
  decodeMilliseconds: (value, place) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new ShapeError(place, value, 'an object with milliseconds by arm');
    }
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, decodeTime(each, `${place}.${key}`)]));
  },
});

/** A value of one of several kinds, each with a shape of its own. */
function byKind<T extends { readonly kind: string }>(
  kinds: {
    readonly [K in T['kind']]: Shape<Extract<T, { kind: K }>>;
  },
): Shape<T> {
  const names = Object.keys(kinds) as T['kind'][];
  return (value, place) => {
    const kind = oneOf(...names)((value as { kind?: unknown } | null | undefined)?.kind, `${place}.kind`);
    return kinds[kind](value, place);
  };
}
