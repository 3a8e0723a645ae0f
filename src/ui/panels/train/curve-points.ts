/** The curves of a run as points of a chart, thinned so that a chart stays fast. */
import { parameterGroups, type StepPoint } from '../../../train/curves';
import { decimate, type Point } from '../../charts/decimate';

/** Points a line: fewer where a chart has many lines. */
export const oneLine = 256;
const manyLines = 128;

export function linePoints(
  steps: readonly StepPoint[],
  value: (point: StepPoint) => number,
  limit = oneLine,
): readonly Point[] {
  return decimate(
    steps.map((point) => ({ x: point.step, y: value(point) })),
    limit,
  );
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
  return parameterGroups
    .map((group, index) => ({
      group,
      points: decimate(
        steps.map((point) => ({ x: point.step, y: values(point)[index] ?? 0 })).filter(({ y }) => y > 0),
        manyLines,
      ),
    }))
    .filter(({ points }) => points.length > 0);
}

/** Every n-th row of a table that people read; the last is always there. */
export function tableRows<T>(rows: readonly T[], limit = 500): readonly T[] {
  const stride = Math.ceil(rows.length / limit);
  return stride <= 1 ? rows : rows.filter((_, index) => index % stride === 0 || index === rows.length - 1);
}
