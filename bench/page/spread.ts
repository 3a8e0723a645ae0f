/** Median, least and 95th percentile of timed samples, any unit. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  /** Nearest rank: the smallest sample that at least 95 % of the samples do not exceed. */
  readonly p95: number;
}

export function spreadOf(samples: readonly number[]): Spread {
  if (samples.length === 0) throw new RangeError('There are no samples: measure at least one.');
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (rank: number) => sorted[rank] as number;
  const middle = Math.floor(sorted.length / 2);
  const median = sorted.length % 2 === 1 ? at(middle) : (at(middle - 1) + at(middle)) / 2;
  return { median, min: at(0), p95: at(Math.ceil(0.95 * sorted.length) - 1) };
}
