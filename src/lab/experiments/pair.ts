/**
 * A pair answers one question: its two arms differ in one thing, and in what is solved so that they cost the same. One that
 * differs in two is refused, and a pair about the second alone is offered.
 */
import { type AxisKey, type AxisValue, axisOf } from './axes';
import type { ExperimentProblem } from './design-problems';
import type { Axis, Experiment } from './experiment';
import { randomValues } from './random-arms';

export function pairProblems(experiment: Experiment): ExperimentProblem[] {
  const axes = valuesByAxis(experiment);
  const [first, second] = axes.filter(({ values }) => new Set(values).size > 1);
  if (first && second) {
    const kept = `${second.key} ${second.values[0]}`;
    const sentence = `The arms of the pair differ in ${changeText(first)}, and in ${changeText(second)} too: a pair answers one question. Take ${kept} in both, and ask about ${second.key} in a pair of its own.`;
    return [{ values: null, sentence, offer: pairOf(experiment, second) }];
  }
  const arms = axes.reduce((product, { values }) => product * values.length, 1);
  const count = experiment.arms.kind === 'random' ? experiment.arms.count : arms;
  if (first && count === 2) return [];
  const key = first?.key ?? axes[0]?.key ?? 'the axis';
  const sentence = `A pair has two arms, these settings make ${count}: give ${key} two values, or make it a sweep.`;
  return [{ values: null, sentence }];
}

/** What each axis takes over all arms. */
function valuesByAxis({ arms }: Experiment): readonly Axis[] {
  if (arms.kind === 'grid') return arms.axes;
  const drawn = randomValues(arms).values;
  return arms.ranges.map(({ key }, index) => ({
    key,
    values: drawn.map((values) => values[index]).filter((value) => value !== undefined),
  }));
}

/** The same experiment about one axis, with its first two values; a size that it decides is not solved for. */
function pairOf(experiment: Experiment, { key, values }: { key: AxisKey; values: readonly AxisValue[] }): Experiment {
  const { hold } = experiment;
  return {
    ...experiment,
    preset: null,
    arms: { kind: 'grid', axes: [{ key, values: [...new Set(values)].slice(0, 2) }] },
    hold: hold && axisOf(key).decides.includes(hold.free) ? null : hold,
  };
}

function changeText({ key, values }: Axis): string {
  return `${key} (${[...new Set(values)].join(', ')})`;
}
