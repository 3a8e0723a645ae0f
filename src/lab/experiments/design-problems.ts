/**
 * What is wrong with an experiment before any arm is made: values that an axis does not take, settings that exclude each
 * other, a pair that asks two questions. Each problem is a sentence with the next step; all are reported at once.
 */
import { type Recipe, recipeProblems } from '../../train/recipe';
import { recipeFields } from '../../train/recipe-schema';
import { type AxisKey, type AxisValue, axisOf } from './axes';
import { valueProblem } from './axis';
import { freeAxes } from './budget';
import type { Arms, Experiment } from './experiment';
import { pairProblems } from './pair';

export interface ExperimentProblem {
  /** Values of the arm that it is about; null: the experiment as a whole. */
  readonly values: readonly AxisValue[] | null;
  readonly sentence: string;
  /** An experiment that would do instead. */
  readonly offer?: Experiment;
}

/** More are no experiment that a person reads. */
const mostArms = 500;

/** Keys of the axes or ranges, in their order. */
export function keysOf(arms: Arms): readonly AxisKey[] {
  return arms.kind === 'grid' ? arms.axes.map(({ key }) => key) : arms.ranges.map(({ key }) => key);
}

export function designProblems(experiment: Experiment, vocabularySize: number): ExperimentProblem[] {
  const { base, arms } = experiment;
  const sentences = [
    ...(Number.isSafeInteger(vocabularySize) && vocabularySize > 0
      ? []
      : [`The vocabulary has ${vocabularySize} tokens: give the size that the tokenizer was found to have.`]),
    ...recipeProblems(base).map(({ sentence }) => `The base recipe: ${sentence}`),
    ...(arms.kind === 'grid' ? gridProblems(arms) : randomProblems(arms)),
    ...exclusions(experiment),
    ...lengthProblems(experiment),
    ...searchProblems(experiment),
    ...seedProblems(experiment.seeds),
  ];
  const problems = sentences.map((sentence): ExperimentProblem => ({ values: null, sentence }));
  // Nothing can be drawn from ranges that are wrong.
  const drawable = arms.kind === 'grid' || problems.length === 0;
  return experiment.kind === 'pair' && drawable ? [...problems, ...pairProblems(experiment)] : problems;
}

function gridProblems({ axes }: Extract<Arms, { kind: 'grid' }>): string[] {
  const count = axes.reduce((product, { values }) => product * values.length, 1);
  const tooMany = `The axes make ${count} arms, more than ${mostArms}: give fewer values.`;
  return [...axes.flatMap(axisProblems), ...(count > mostArms ? [tooMany] : [])];
}

function axisProblems({ key, values }: { readonly key: AxisKey; readonly values: readonly AxisValue[] }): string[] {
  if (values.length === 0) return [`${key} has no values: give at least one.`];
  const twice = values.find((value, index) => values.indexOf(value) !== index);
  return [
    ...values.flatMap((value) => valueProblem(axisOf(key).values, value, key) ?? []),
    ...(twice === undefined ? [] : [`${key} has the value ${twice} twice: give it once.`]),
  ];
}

function randomProblems({ ranges, count, seed }: Extract<Arms, { kind: 'random' }>): string[] {
  return [
    ...(ranges.length > 0 ? [] : ['There is no range to draw configurations from: give at least one.']),
    ...(Number.isSafeInteger(count) && count > 0 && count <= mostArms
      ? []
      : [`${count} configurations are to be drawn: give a whole number from 1 to ${mostArms}.`]),
    ...seedProblems([seed]),
    ...ranges.flatMap(({ key, from, to }) => {
      const { values } = axisOf(key);
      if (values.kind !== 'integer' && values.kind !== 'number') {
        return [`${key} is no number, so no range can be drawn from: give a grid of its values.`];
      }
      const wrong = [from, to].flatMap((edge) => valueProblem(values, edge, key) ?? []);
      if (wrong.length > 0) return wrong;
      return from >= 1 && from <= to && Number.isInteger(from) && Number.isInteger(to)
        ? []
        : [`${key} is drawn from ${from} to ${to}: give whole numbers from 1, the smaller first.`];
    }),
  ];
}

/** Two axes, or an axis and the free size, that decide one field. */
function exclusions({ arms, hold }: Experiment): string[] {
  const keys = keysOf(arms);
  const problems = keys.flatMap((key, index) =>
    keys.slice(0, index).flatMap((before) => {
      const field = axisOf(key).decides.find((name) => axisOf(before).decides.includes(name));
      if (field === undefined) return [];
      return before === key
        ? [`${key} is an axis twice: take another for the second.`]
        : [`${before} and ${key} both decide ${field}: take one of them.`];
    }),
  );
  const solved = hold && keys.find((key) => axisOf(key).decides.includes(hold.free));
  if (solved) {
    const others = Object.values(freeAxes).filter((axis) => axis !== freeAxes[hold.free] && !keys.includes(axis));
    const wayOut = others.length > 0 ? `let ${others.join(' or ')} be free, or hold nothing` : 'hold nothing';
    problems.push(`${solved} is an axis, but ${hold.free} is solved for the budget: ${wayOut}.`);
  }
  if (hold && hold.target !== null && !(hold.target > 0)) {
    problems.push(`The budget is ${hold.target}: give a number above 0, or take what the base has.`);
  }
  return problems;
}

function lengthProblems({ arms, length }: Experiment): string[] {
  if (length.kind !== 'tokensPerParameter') return [];
  const problem = valueProblem(axisOf('tokensPerParameter').values, length.value, 'tokensPerParameter');
  const axis = keysOf(arms).find((key) => axisOf(key).decides.includes('steps'));
  return [
    ...(problem === null ? [] : [problem]),
    ...(axis
      ? [`${axis} is an axis, but the length is ${length.value} tokens a parameter: let it be the base's steps.`]
      : []),
  ];
}

function searchProblems({ base, search: { factors, share } }: Experiment): string[] {
  const rates = factors.map((factor) => factor * base.learningRate);
  return [
    ...(factors.length > 0 && factors.every((factor, index) => factor > (index === 0 ? 0 : (factors[index - 1] ?? 0)))
      ? []
      : [`The factors of the learning rate are ${factors.join(', ') || 'none'}: give numbers above 0 that rise.`]),
    ...rates.flatMap((rate) => valueProblem(axisOf('learningRate').values, rate, 'learningRate') ?? []),
    ...(share > 0 && share <= 1
      ? []
      : [`A search run is ${share} of a whole run: give a share above 0 and at most 1.`]),
  ];
}

function seedProblems(seeds: readonly Recipe['seed'][]): string[] {
  const { minimum, maximum } = recipeFields.seed;
  if (seeds.length === 0) return ['There is no seed: give at least one.'];
  const twice = seeds.find((seed, index) => seeds.indexOf(seed) !== index);
  return [
    ...seeds.flatMap((seed) => valueProblem({ kind: 'integer', minimum, maximum }, seed, 'A seed') ?? []),
    ...(twice === undefined ? [] : [`The seed ${twice} is given twice: it would make the same run.`]),
  ];
}
