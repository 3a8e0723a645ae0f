import type { Interval } from '../lab/evaluation';

/** An estimate with its 95 % interval. */
export function around(interval: Interval | null): string {
  if (!interval) return '–';
  const [value, low, high] = [interval.value, interval.low, interval.high].map((number) => number.toFixed(4));
  return `${value} (${low} to ${high}, n = ${interval.n})`;
}
