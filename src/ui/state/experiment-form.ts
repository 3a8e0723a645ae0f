/**
 * The experiment as the form holds it: one text for each field, so that nothing that was typed is lost, right or wrong. The
 * address carries the texts that differ from those of the preset, or from the first experiment where there is none.
 *
 * Only what cannot be read is a problem here; what cannot be trained is said by the plan, which the worker makes.
 */
import { type AxisKey, type AxisValue, axisKeys, axisOf, isAxisKey } from '../../lab/experiments/axes';
import { valueProblem } from '../../lab/experiments/axis';
import {
  type Arms,
  type Axis,
  type Experiment,
  experimentVersion,
  freeFields,
  type Hold,
  heldQuantities,
  type LearningRateSearch,
  type Length,
  type RandomRange,
} from '../../lab/experiments/experiment';
import { withSteps } from '../../lab/experiments/length';
import type { Recipe } from '../../train/recipe';
import { architectureText } from '../i18n/architecture-text';

export const experimentKinds = ['pair', 'sweep', 'random'] as const;
export const holdChoices = ['none', ...heldQuantities] as const;
export const lengthKinds = ['steps', 'tokensPerParameter'] as const;

/** Fields of the form; an empty text of a number means what the base recipe has. */
export interface ExperimentTexts {
  readonly kind: string;
  readonly axis: string;
  /** Separated by commas. */
  readonly values: string;
  /** Empty: one axis alone. */
  readonly axis2: string;
  readonly values2: string;
  /** `depth:2:8;width:32:128` */
  readonly ranges: string;
  readonly count: string;
  readonly draw: string;
  readonly hold: string;
  readonly free: string;
  readonly target: string;
  readonly length: string;
  readonly steps: string;
  readonly ratio: string;
  readonly search: string;
  readonly seeds: string;
  /** Where the base recipe comes from: `preset`, or `form` for the one in the Train panel. */
  readonly base: string;
}

export type ExperimentKey = keyof ExperimentTexts;

/** A question with its experiment, as the page offers it. */
export interface PresetExperiment {
  readonly id: string;
  readonly experiment: Experiment;
}

export interface ExperimentProblem {
  readonly key: ExperimentKey;
  readonly sentence: string;
}

export interface ExperimentReading {
  readonly texts: ExperimentTexts;
  /** Null while something cannot be read. */
  readonly experiment: Experiment | null;
  readonly problems: readonly ExperimentProblem[];
}

/** Where a person starts who has a question of their own. */
const firstTexts: ExperimentTexts = {
  kind: 'pair',
  axis: 'seriesBranches',
  values: '1, 2',
  axis2: '',
  values2: '',
  ranges: 'depth:2:8;width:32:96',
  count: '12',
  draw: '1',
  hold: 'none',
  free: 'model.hidden_size',
  target: '',
  length: 'steps',
  steps: '',
  ratio: '20',
  search: 'on',
  seeds: '3',
  base: 'form',
};

const defaultSearch: LearningRateSearch = { factors: [0.5, 1, 2], share: 0.25 };

const mostSeeds = 30;
const mostDrawn = 500;

/** The texts that a preset stands for; without one, those of the first experiment. */
export function textsOfPreset(preset: PresetExperiment | null): ExperimentTexts {
  if (!preset) return firstTexts;
  const { arms, kind, hold, length, search, seeds } = preset.experiment;
  const [first, second] = arms.kind === 'grid' ? arms.axes : [];
  return {
    ...firstTexts,
    kind: arms.kind === 'random' ? 'random' : kind,
    ...(first && { axis: first.key, values: valuesText(first.values) }),
    ...(second && { axis2: second.key, values2: valuesText(second.values) }),
    ...(arms.kind === 'random' && {
      ranges: rangesText(arms.ranges.map(({ key, from, to }) => [key, String(from), String(to)])),
      count: String(arms.count),
      draw: String(arms.seed),
    }),
    ...(hold && { hold: hold.quantity, free: hold.free, target: hold.target === null ? '' : String(hold.target) }),
    length: length.kind,
    ...(length.kind === 'tokensPerParameter' && { ratio: String(length.value) }),
    search: search.factors.length > 1 ? 'on' : 'off',
    seeds: String(seeds.length),
    base: 'preset',
  };
}

/** The texts of the form. Keys of `changes` that are none of the form's are left alone. */
export function experimentTexts(preset: PresetExperiment | null, changes: Readonly<Record<string, string>>) {
  const start = textsOfPreset(preset);
  const known = Object.entries(changes).filter(([key]) => Object.hasOwn(start, key));
  return { ...start, ...Object.fromEntries(known) } as ExperimentTexts;
}

/** Reads the form. `form` is the recipe of the Train panel, null while it has a problem. */
export function readExperiment(
  preset: PresetExperiment | null,
  changes: Readonly<Record<string, string>>,
  form: Recipe | null,
): ExperimentReading {
  const texts = experimentTexts(preset, changes);
  const problems: ExperimentProblem[] = [];
  const wrong = (key: ExperimentKey, sentence: string) => problems.push({ key, sentence });
  const number = (key: ExperimentKey, least: number, most: number, whole = true): number => {
    const value = texts[key].trim() === '' ? Number.NaN : Number(texts[key]);
    if (!(value >= least && value <= most) || (whole && !Number.isInteger(value))) {
      wrong(key, architectureText.problems.number(texts[key], least, most, whole));
    }
    return value;
  };
  const base = baseOf(texts, preset, form, wrong);
  const arms = texts.kind === 'random' ? randomOf(texts, number, wrong) : gridOf(texts, wrong);
  const hold = holdOf(texts, number);
  const length: Length =
    texts.length === 'tokensPerParameter'
      ? { kind: 'tokensPerParameter', value: number('ratio', 0.01, 10_000, false) }
      : { kind: 'steps' };
  const steps = length.kind === 'steps' && texts.steps.trim() !== '' ? number('steps', 1, 1_000_000) : null;
  const seeds = seedsOf(number('seeds', 1, mostSeeds), preset);
  if (problems.length > 0 || !base || !arms) return { texts, experiment: null, problems };
  const given = preset?.experiment.search;
  const search = given && given.factors.length > 1 ? given : defaultSearch;
  return {
    texts,
    problems,
    experiment: {
      schemaVersion: experimentVersion,
      preset: preset?.id ?? null,
      kind: texts.kind === 'pair' ? 'pair' : 'sweep',
      base: steps === null ? base : withSteps(base, steps),
      arms,
      hold,
      length,
      search: texts.search === 'off' ? { ...search, factors: [1] } : search,
      seeds,
    },
  };
}

type Wrong = (key: ExperimentKey, sentence: string) => void;
type ReadNumber = (key: ExperimentKey, least: number, most: number, whole?: boolean) => number;

function baseOf({ base }: ExperimentTexts, preset: PresetExperiment | null, form: Recipe | null, wrong: Wrong) {
  if (base === 'preset' && preset) return preset.experiment.base;
  if (!form) wrong('base', architectureText.problems.form);
  else if (form.corpus.kind === 'file') wrong('base', architectureText.problems.ownText);
  return form;
}

function gridOf(texts: ExperimentTexts, wrong: Wrong): Arms | null {
  const first = axisFrom(texts.axis, texts.values, 'axis', 'values', wrong);
  const second = texts.axis2 === '' ? null : axisFrom(texts.axis2, texts.values2, 'axis2', 'values2', wrong);
  const words = architectureText.problems;
  if (texts.kind === 'pair' && texts.axis2 !== '') wrong('axis2', words.secondChange);
  else if (texts.axis === texts.axis2) wrong('axis2', words.sameAxis);
  if (texts.kind === 'pair' && first && first.values.length !== 2) wrong('values', words.pairValues);
  return first && { kind: 'grid', axes: second ? [first, second] : [first] };
}

function axisFrom(
  key: string,
  values: string,
  keyField: ExperimentKey,
  valuesField: ExperimentKey,
  wrong: Wrong,
): Axis | null {
  const words = architectureText.problems;
  if (!isAxisKey(key)) {
    wrong(keyField, words.axis(key));
    return null;
  }
  const read = readValues(key, values);
  if (read.length === 0) wrong(valuesField, words.noValues);
  const twice = read.find((value, index) => read.indexOf(value) !== index);
  if (twice !== undefined) wrong(valuesField, words.twice(valueText(twice)));
  for (const value of read) {
    const problem = valueProblem(axisOf(key).values, value, architectureText.axes[key].name);
    if (problem !== null) wrong(valuesField, problem);
  }
  return { key, values: read as readonly AxisValue[] };
}

function randomOf(texts: ExperimentTexts, number: ReadNumber, wrong: Wrong): Arms {
  const words = architectureText.problems;
  const ranges = readRanges(texts.ranges).flatMap(([key, from, to]): RandomRange[] => {
    if (!isAxisKey(key)) {
      wrong('ranges', words.axis(key));
      return [];
    }
    const [low, high] = [Number(from), Number(to)];
    if (from === '' || to === '' || !(low <= high)) wrong('ranges', words.range(architectureText.axes[key].name));
    return [{ key, from: low, to: high }];
  });
  if (ranges.length === 0) wrong('ranges', words.noRanges);
  return { kind: 'random', ranges, count: number('count', 2, mostDrawn), seed: number('draw', 0, 2 ** 32 - 1) };
}

function holdOf({ hold, free, target }: ExperimentTexts, number: ReadNumber): Hold | null {
  const quantity = heldQuantities.find((known) => known === hold);
  if (!quantity) return null;
  return {
    quantity,
    free: freeFields.find((known) => known === free) ?? 'model.hidden_size',
    target: target.trim() === '' ? null : number('target', 1, 1e15, false),
  };
}

/** The preset's seeds as far as they go, then the numbers after them. */
function seedsOf(count: number, preset: PresetExperiment | null): readonly number[] {
  if (!(count >= 1 && count <= mostSeeds)) return [];
  const seeds = [...(preset?.experiment.seeds ?? [])].slice(0, count);
  for (let next = 1; seeds.length < count; next++) if (!seeds.includes(next)) seeds.push(next);
  return seeds;
}

/** The values of a list as its axis has them; what is none of them stays a text, for the sentence to show. */
export function readValues(key: AxisKey, list: string): readonly (AxisValue | string)[] {
  const { values } = axisOf(key);
  const parts = list.split(',').map((part) => part.trim());
  return parts
    .filter((part) => part !== '')
    .map((part) => {
      if (values.kind === 'boolean') return part === 'on' || (part === 'off' ? false : part);
      if (values.kind === 'choice' && values.choices.includes(part)) return part;
      const [above = '', below] = part.split('/');
      const number = below === undefined ? Number(part) : Number(above) / Number(below);
      return Number.isFinite(number) ? number : part;
    });
}

/** As the list holds it: `1/32`, `on`. */
export function valueText(value: AxisValue): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value !== 'number') return value;
  const inverse = 1 / value;
  return value > 0 && value < 0.2 && Number.isInteger(inverse) && Number.isInteger(Math.log2(inverse))
    ? `1/${inverse}`
    : String(value);
}

export function valuesText(values: readonly AxisValue[]): string {
  return values.map(valueText).join(', ');
}

type RangeTexts = readonly [key: string, from: string, to: string];

export function readRanges(ranges: string): readonly RangeTexts[] {
  return ranges
    .split(';')
    .filter((part) => part !== '')
    .map((part): RangeTexts => {
      const [key = '', from = '', to = ''] = part.split(':');
      return [key, from, to];
    });
}

export function rangesText(ranges: readonly RangeTexts[]): string {
  return ranges.map((range) => range.map((part) => part.replaceAll(/[:;]/g, '')).join(':')).join(';');
}

/** Axes that whole numbers from 1 can be drawn from: a range that ends at 1 or below holds none to choose from. */
export const drawnAxes: readonly AxisKey[] = axisKeys.filter((key) => {
  const { values } = axisOf(key);
  return (values.kind === 'integer' || values.kind === 'number') && values.maximum > 1;
});

/** Two values to start from: what the base has and its neighbour. */
export function suggestedValues(key: AxisKey, current: AxisValue | null): string {
  const { values } = axisOf(key);
  if (values.kind === 'boolean') return 'off, on';
  if (values.kind === 'choice') {
    const others = values.choices.filter((choice) => choice !== current);
    const [first] = others;
    return valuesText(
      current === null || !values.choices.includes(current as string) ? others.slice(0, 2) : [current, first ?? ''],
    );
  }
  if (typeof current !== 'number') return '';
  const doubled = current === 0 ? 0.1 : 2 * current;
  const other = doubled <= values.maximum ? doubled : current / 2;
  return valuesText([current, values.kind === 'integer' ? Math.round(other) : other]);
}
