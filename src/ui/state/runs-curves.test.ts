import { expect, it } from 'vitest';
import { exampleCurves, exampleRun } from '../../lab/run-example';
import { curveTable } from './runs-curves';

it('has one row for each step of each run, the fresh model first', () => {
  const { columns, rows } = curveTable([
    { run: exampleRun({ id: 'a', curves: exampleCurves(2) }), name: 'first' },
    { run: exampleRun({ id: 'b', curves: exampleCurves(1) }), name: 'second' },
  ]);
  expect(rows.every((row) => row.length === columns.length)).toBe(true);
  expect(rows).toEqual([
    ['a', 'first', 0, null, 4, 2, null, null, null],
    ['a', 'first', 1, 4, null, null, 0.001, 1, 1000],
    ['a', 'first', 2, 2, 2, 1, 0.001, 1, 1000],
    ['b', 'second', 0, null, 4, 2, null, null, null],
    ['b', 'second', 1, 4, 4, 2, 0.001, 1, 1000],
  ]);
});
