import { expect, test } from 'vitest';
import type { StepPoint } from '../../../train/curves';
import { groupLines, linePoints, tableRows } from './curve-points';

const point = (step: number, groupNorms: readonly number[]): StepPoint => ({
  step,
  loss: 1 / step,
  learningRate: 0.1,
  gradientNorm: 1,
  groupNorms,
  updateRatios: [],
  tokensPerSecond: 1,
});

test('only groups that the model has are drawn, without zeros', () => {
  const lines = groupLines([point(1, [0, 2, 0, 1, 0, 0]), point(2, [0, 3, 0, 0, 0, 0])], (entry) => entry.groupNorms);
  expect(lines).toEqual([
    {
      group: 'attention',
      points: [
        { x: 1, y: 2 },
        { x: 2, y: 3 },
      ],
    },
    { group: 'norm', points: [{ x: 1, y: 1 }] },
  ]);
});

test('a long run stays within what a chart bears', () => {
  const steps = Array.from({ length: 5000 }, (_, index) => point(index + 1, [1, 1, 1, 1, 1, 1]));
  expect(linePoints(steps, ({ loss }) => loss).length).toBeLessThanOrEqual(256);
  expect(groupLines(steps, ({ groupNorms }) => groupNorms).flatMap(({ points }) => points).length).toBeLessThanOrEqual(
    768,
  );
});

test('a table keeps its last row', () => {
  const rows = Array.from({ length: 1234 }, (_, index) => index);
  expect(tableRows(rows).at(-1)).toBe(1233);
  expect(tableRows(rows).length).toBeLessThanOrEqual(501);
  expect(tableRows([1, 2])).toEqual([1, 2]);
});
