/** What the charts of a run have in common: the link of their axes, and the marks where a value was changed. */
import type { ChangePoint } from '../../../train/curves';
import { text } from '../../i18n/catalogue';

/** Charts of this name show the same step. */
export const link = 'training';

export function marksOf(changes: readonly ChangePoint[]) {
  return changes.map(({ step, key, to }) => ({ x: step, label: text.train.charts.changed[key](to) }));
}
