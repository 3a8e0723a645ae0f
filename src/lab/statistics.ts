/**
 * Statistics that stand beside every measured figure, so that no difference is believed without its interval: shares,
 * means and paired differences with their intervals, rank correlation with its significance.
 *
 * Every function refuses what has no answer (nothing given, NaN) with a RangeError that is a sentence. One value alone has a
 * mean and no interval.
 */
import { exp, log } from '../graph/exact-math';

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

/** A mean and how well it is known. */
export interface MeanInterval {
  readonly n: number;
  readonly mean: number;
  /** Sample standard deviation, with n − 1; null for n = 1. */
  readonly deviation: number | null;
  /** Student's interval, which takes the values as draws from a normal distribution; null for n = 1. */
  readonly interval: readonly [number, number] | null;
}

/** Mean, deviation and the interval that holds the true mean with probability `level`. */
export function meanInterval(values: readonly number[], level = 0.95): MeanInterval {
  refuse(values, 'a mean');
  const n = values.length;
  const mean = sum(values) / n;
  if (n === 1) return { n, mean, deviation: null, interval: null };
  const deviation = Math.sqrt(sum(values.map((value) => (value - mean) * (value - mean))) / (n - 1));
  const half = (studentQuantile(1 - (1 - level) / 2, n - 1) * deviation) / Math.sqrt(n);
  return { n, mean, deviation, interval: [mean - half, mean + half] };
}

/**
 * Mean of a − b over pairs: value i of both comes from the same seed, so what the seed does to both cancels. The interval
 * is that of the differences.
 */
export function pairedDifference(a: readonly number[], b: readonly number[], level = 0.95): MeanInterval {
  if (a.length !== b.length) {
    throw new RangeError(`${a.length} and ${b.length} values are not pairs: give as many of the one as of the other.`);
  }
  return meanInterval(
    a.map((value, index) => value - (b[index] as number)),
    level,
  );
}

/** P(|t| ≥ |`t`|) of Student's distribution with `df` degrees of freedom: the incomplete beta function I(df/2, ½). */
export function studentTails(t: number, df: number): number {
  if (!(df > 0) || Number.isNaN(t)) {
    throw new RangeError(`t = ${t} with ${df} degrees of freedom: t must be a number and the degrees positive.`);
  }
  return Number.isFinite(t) ? incompleteBeta(df / (df + t * t), df / 2, 0.5) : 0;
}

/** The t that Student's distribution with `df` degrees of freedom stays below with probability `p`, found by halving. */
export function studentQuantile(p: number, df: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`${p} is not a probability between 0 and 1.`);
  if (p < 0.5) return -studentQuantile(1 - p, df);
  const tails = 2 * (1 - p);
  let [low, high] = [0, 1];
  while (studentTails(high, df) > tails) [low, high] = [high, 2 * high];
  for (let middle = (low + high) / 2; low < middle && middle < high; middle = (low + high) / 2) {
    if (studentTails(middle, df) > tails) low = middle;
    else high = middle;
  }
  return high;
}

export interface RankCorrelation {
  readonly n: number;
  /** Spearman's ρ, ties at the mean of their ranks; null where one side is all alike. */
  readonly coefficient: number | null;
  /** Probability of a |ρ| at least as large by chance, both directions; null with the coefficient. */
  readonly p: number | null;
  /** `exact`: counted over all orders. `t`: Student's distribution with n − 2 degrees of freedom stands in. */
  readonly method: 'exact' | 't';
}

/** Pairs up to which all orders are counted: 9! = 362,880. */
const exactUpTo = 9;

/** Spearman's rank correlation of pairs. */
export function rankCorrelation(x: readonly number[], y: readonly number[]): RankCorrelation {
  refuse(x, 'a rank correlation');
  refuse(y, 'a rank correlation');
  const n = x.length;
  if (n !== y.length || n < 2) {
    throw new RangeError(`A rank correlation of ${n} and ${y.length} values: give as many of both, and at least 2.`);
  }
  const method = n <= exactUpTo ? 'exact' : 't';
  // Twice the rank, less its mean: whole numbers, so that sums over orders compare exactly.
  const [a, b] = [centredRanks(x), centredRanks(y)];
  const scale = Math.sqrt(sum(a.map((value) => value * value)) * sum(b.map((value) => value * value)));
  if (scale === 0) return { n, coefficient: null, p: null, method };
  const covariance = sum(a.map((value, index) => value * (b[index] as number)));
  const coefficient = Math.max(-1, Math.min(1, covariance / scale));
  const p = method === 'exact' ? shareOfOrders(a, b, Math.abs(covariance)) : correlationTails(coefficient, n);
  return { n, coefficient, p, method };
}

function correlationTails(coefficient: number, n: number): number {
  const rest = 1 - coefficient * coefficient;
  return rest <= 0 ? 0 : studentTails(coefficient * Math.sqrt((n - 2) / rest), n - 2);
}

function centredRanks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const alike = values.filter((other) => other === value).length;
    return 2 * below + alike - values.length;
  });
}

/** Share of the orders of `b` whose |Σ a·b| is at least `covariance`. */
function shareOfOrders(a: readonly number[], b: readonly number[], covariance: number): number {
  const order = [...b];
  let reached = 0;
  let orders = 0;
  const visit = (first: number, before: number): void => {
    if (first === a.length) {
      orders += 1;
      if (Math.abs(before) >= covariance) reached += 1;
      return;
    }
    for (let other = first; other < a.length; other++) {
      swap(order, first, other);
      visit(first + 1, before + (a[first] as number) * (order[first] as number));
      swap(order, first, other);
    }
  };
  visit(0, 0);
  return reached / orders;
}

function swap(values: number[], i: number, j: number): void {
  [values[i], values[j]] = [values[j] as number, values[i] as number];
}

/**
 * The regularised incomplete beta function for 0 ≤ x ≤ 1 by its continued fraction (DLMF 8.17.22) with Lentz's method, on the
 * side where the fraction falls fast.
 */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = exp(a * log(x) + b * log(1 - x) + logGamma(a + b) - logGamma(a) - logGamma(b)) / a;
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let k = 2; k < 1000; k++) {
    const m = k >> 1;
    const term =
      k % 2 === 0
        ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
        : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + term * d);
    c = nonZero(1 + term / c);
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return front * fraction;
}

function nonZero(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value;
}

/** ln Γ(x) for x ≥ ½ by Lanczos's sum with g = 7 and nine terms, right to about 15 digits. */
function logGamma(x: number): number {
  const shifted = x - 1;
  const t = shifted + 7.5;
  const series = lanczos.reduce((total, coefficient, k) => total + coefficient / (shifted + k + 1), 0.9999999999998099);
  return (shifted + 0.5) * log(t) - t + log(Math.sqrt(2 * Math.PI) * series);
}

const lanczos = [
  676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
] as const;

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function refuse(values: readonly number[], what: string): void {
  if (values.length === 0) throw new RangeError(`There is no value: ${what} needs at least one.`);
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    throw new RangeError(`Value ${wrong + 1} of ${values.length} is ${values[wrong]}: ${what} needs finite numbers.`);
  }
}
