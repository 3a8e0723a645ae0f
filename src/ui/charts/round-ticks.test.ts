import { expect, test } from 'vitest';
import { roundTicks } from './round-ticks';

test.each([
  [1, 208, [50, 100, 150, 200]],
  [0, 300, [0, 100, 200, 300]],
  [1, 7, [2, 4, 6]],
  [0, 5000, [0, 1000, 2000, 3000, 4000, 5000]],
  [3, 3, [3]],
])('from %d to %d', (first, last, ticks) => expect(roundTicks(first, last)).toEqual(ticks));
