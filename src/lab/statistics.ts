/** Statistics that stand beside every measured figure, so that no difference is believed without its interval. */

/** 97.5 % quantile of the normal distribution. */
const z = 1.959963984540054;

export interface Proportion {
  readonly share: number;
  readonly n: number;
  /** 95 % Wilson score interval. */
  readonly interval: readonly [number, number];
}

/** `successes` of `n` with the Wilson score interval (Wilson 1927), which stays inside [0, 1] and is right for small n. */
export function proportion(successes: number, n: number): Proportion {
  if (!(n > 0) || successes < 0 || successes > n) {
    throw new RangeError(`${successes} of ${n} is not a proportion: n must be positive and hold the successes.`);
  }
  const share = successes / n;
  const centre = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  return { share, n, interval: [Math.max(0, centre - half), Math.min(1, centre + half)] };
}
