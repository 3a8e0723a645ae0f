import { expect, test } from 'vitest';
import { spreadOf } from './spread';

test('takes the middle of an odd number of samples and the mean of the two middle ones of an even number', () => {
  expect(spreadOf([3, 1, 2]).median).toBe(2);
  expect(spreadOf([4, 1, 3, 2]).median).toBe(2.5);
});

test('takes the 95th percentile by nearest rank: the 19th of 20', () => {
  const samples = Array.from({ length: 20 }, (_, i) => 20 - i);
  expect(spreadOf(samples)).toEqual({ median: 10.5, min: 1, p95: 19 });
});

test('refuses to describe nothing', () => {
  expect(() => spreadOf([])).toThrow('measure at least one');
});
