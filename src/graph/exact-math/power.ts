/**
 * xʸ = e^(y · ln x) with ln x to about 70 bits, as y · ln x reaches 745 and its error is the relative error of the result.
 */
import { accurateLog } from './accurate-logarithm';
import { product } from './double-double';
import { expOfSum, largestExponent } from './exponential';

/**
 * base^exponent for base ≥ 0 and every exponent, as Math.pow defines it; NaN for a negative base. The largest error is
 * 0.75 units in the last place, 0.79 where the result is subnormal.
 */
export function pow(base: number, exponent: number): number {
  if (exponent === 0) return 1;
  if (!(base >= 0) || Number.isNaN(exponent)) return Number.NaN;
  if (base === 1) return Number.isFinite(exponent) ? 1 : Number.NaN;
  if (base === 0 || base === Number.POSITIVE_INFINITY) {
    return (base === 0) === exponent > 0 ? 0 : Number.POSITIVE_INFINITY;
  }
  const [logarithm, rest] = accurateLog(base);
  const estimate = exponent * logarithm;
  if (estimate > largestExponent) return Number.POSITIVE_INFINITY;
  if (estimate < -largestExponent) return 0;
  const [high, low] = product(exponent, logarithm);
  return expOfSum(high, low + exponent * rest);
}
