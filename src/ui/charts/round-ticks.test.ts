import { expect, test } from 'vitest';
import { powerTicks, roundTicks } from './round-ticks';

test.each([
  [1, 208, [50, 100, 150, 200]],
  [0, 300, [0, 100, 200, 300]],
  [1, 7, [2, 4, 6]],
  [0, 5000, [0, 1000, 2000, 3000, 4000, 5000]],
  [3, 3, [3]],
])('from %d to %d', (first, last, ticks) => expect(roundTicks(first, last)).toEqual(ticks));

test.each([
  [0, 300, [1, 2, 5, 10, 20, 50, 100, 200]],
  [1, 20_000, [1, 10, 100, 1000, 10_000]],
])('along a logarithmic axis from %d to %d', (first, last, ticks) => expect(powerTicks(first, last)).toEqual(ticks));
