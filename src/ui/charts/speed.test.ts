import { expect, test } from 'vitest';
import { speedSeries } from './speed';

test('an even stream has one speed, from the second token on', () => {
  const arrivals = Array.from({ length: 20 }, (_, index) => 40 + index * 4);
  const series = speedSeries(arrivals);
  expect(series).toHaveLength(19);
  expect(series[0]).toEqual({ x: 2, y: 250 });
  for (const { y } of series) expect(y).toBeCloseTo(250, 9);
});

test('no token and one token have no speed', () => {
  expect(speedSeries([])).toEqual([]);
  expect(speedSeries([12])).toEqual([]);
});

test('tokens of one instant do not divide by zero', () => {
  expect(speedSeries([5, 5])[0]?.y).toBe(10_000);
});
