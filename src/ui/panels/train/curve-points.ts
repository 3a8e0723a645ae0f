/** The curves of a run as points of a chart, thinned so that a chart stays fast. */
import { parameterGroups, type StepPoint } from '../../../train/curves';
import { decimate, decimateTogether, type Point } from '../../charts/decimate';

export function linePoints(steps: readonly StepPoint[], value: (point: StepPoint) => number): readonly Point[] {
  return decimate(steps.map((point) => ({ x: point.step, y: value(point) })));
}

export interface GroupLine {
  readonly group: (typeof parameterGroups)[number];
  readonly points: readonly Point[];
}

/** One line for each group of parameters that the model has; zeros have no place on a logarithmic axis. */
export function groupLines(
  steps: readonly StepPoint[],
  values: (point: StepPoint) => readonly number[],
): readonly GroupLine[] {
  const thinned = decimateTogether(steps.map((point) => ({ x: point.step, ys: values(point) })));
  return parameterGroups
    .map((group, index) => ({
      group,
      points: thinned.map(({ x, ys }) => ({ x, y: ys[index] ?? 0 })).filter(({ y }) => y > 0),
    }))
    .filter(({ points }) => points.length > 0);
}

/** Every n-th row of a table that people read; the last is always there. */
export function tableRows<T>(rows: readonly T[], limit = 500): readonly T[] {
  const stride = Math.ceil(rows.length / limit);
  return stride <= 1 ? rows : rows.filter((_, index) => index % stride === 0 || index === rows.length - 1);
}
