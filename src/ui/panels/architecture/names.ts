/** What arms and experiments are called, in a few words. */
import { type AxisKey, type AxisValue, isAxisKey } from '../../../lab/experiments/axes';
import type { Arm, Arms, Experiment, ExperimentRecord } from '../../../lab/experiments/experiment';
import { architectureText } from '../../i18n/architecture-text';
import { text } from '../../i18n/catalogue';
import { valueText } from '../../state/experiment-form';

/** Keys of the axes or ranges, in the order of an arm's values. */
export function axisKeysOf(arms: Arms): readonly AxisKey[] {
  return (arms.kind === 'grid' ? arms.axes : arms.ranges).map(({ key }) => key);
}

/** `12 layers`, `12 layers · expansion 2`. */
export function armName({ values }: Pick<Arm, 'values'>, { arms }: Pick<Experiment, 'arms'>): string {
  const keys = axisKeysOf(arms);
  return values.map((value, index) => valueName(keys[index], value)).join(' · ');
}

export function valueName(key: AxisKey | undefined, value: AxisValue): string {
  const shown = text.train.choices[String(value)] ?? valueText(value);
  return isAxisKey(key) ? architectureText.axes[key].arm(shown) : shown;
}

/** As it was called, else what it varies. */
export function experimentName({ name, experiment }: Pick<ExperimentRecord, 'name' | 'experiment'>): string {
  if (name !== null) return name;
  const { arms } = experiment;
  if (arms.kind === 'random') return `${axisKeysOf(arms).map(axisName).join(', ')} · ${arms.count}`;
  const values = arms.axes.map((axis) => `${axisName(axis.key)} ${axis.values.map(valueText).join(', ')}`);
  return values.join(' × ');
}

function axisName(key: AxisKey): string {
  return architectureText.axes[key].name;
}
