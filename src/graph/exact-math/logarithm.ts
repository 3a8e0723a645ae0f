/**
 * ln x. x = 2ᵏ·(1 + f) with 1 + f in [√½, √2), and ln(1 + f) = f − f²/2 + s·(f²/2 + R(s²)) with s = f / (2 + f), R a polynomial.
 * Source: fdlibm's e_log.c (Sun, 1993), its coefficients.
 */
import { accurateLog } from './accurate-logarithm';
import { multiply } from './double-double';
import { exponentOf, scale } from './float-bits';

const ln2High = 0.6931471803691238;
const ln2Low = 1.9082149292705877e-10;

const log2OfE = [Math.LOG2E, 2.0355273740931033e-17] as const;

/** ln x for every x: −∞ for 0, NaN below; the largest error is 0.82 units in the last place. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  const k = exponentOf(x);
  const f = scale(x, -k) - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const odd = z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  const half = 0.5 * f * f;
  return k * ln2High - (half - (s * (half + (even + odd)) + k * ln2Low) - f);
}

/** log₂ x for every x: −∞ for 0, NaN below; exact for a power of two, the largest error is 0.51 units in the last place. */
export function log2(x: number): number {
  const nearby = log(x);
  return Number.isFinite(nearby) ? multiply(accurateLog(x), log2OfE)[0] : nearby;
}
