import { expect, test } from 'vitest';
import { rowsOf } from './series';

test('rows hold what each series has at an x, in order', () => {
  const rows = rowsOf([
    {
      points: [
        { x: 2, y: 5 },
        { x: 4, y: 3 },
      ],
    },
    {
      points: [
        { x: 0, y: 7 },
        { x: 4, y: 0.5 },
      ],
      intervals: [
        [6, 9],
        [0.25, 1],
      ],
    },
  ]);
  expect(rows).toEqual([
    { x: 0, y1: 7, e1: [1, 2] },
    { x: 2, y0: 5 },
    { x: 4, y0: 3, y1: 0.5, e1: [0.25, 0.5] },
  ]);
});
