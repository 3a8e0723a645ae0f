/**
 * sin x and cos x: what is left of x after quarters of a turn (angle.ts), and a polynomial for |x| ≤ π/4. The low part
 * of the angle is carried along. Source: fdlibm's k_sin.c and k_cos.c (Sun, 1993), their coefficients.
 */
import { reduceAngle } from './angle';

/** sin x in radians for every finite x, else NaN; the largest error is 0.79 units in the last place. */
export function sin(x: number): number {
  return sineBeyond(0, x);
}

/** cos x in radians for every finite x, else NaN; the largest error is 0.78 units in the last place. */
export function cos(x: number): number {
  return sineBeyond(1, x);
}

/** sin(x + quarters · π/2). */
function sineBeyond(quarters: number, x: number): number {
  if (!Number.isFinite(x)) return Number.NaN;
  const [turns, high, low] = reduceAngle(x);
  const quadrant = (turns + quarters) & 3;
  const value = quadrant & 1 ? smallCosine(high, low) : smallSine(high, low);
  return quadrant & 2 ? -value : value;
}

function smallSine(x: number, low: number): number {
  const z = x * x;
  const v = z * x;
  const r =
    0.00833333333332249 +
    z *
      (-0.0001984126982985795 + z * (2.7557313707070068e-6 + z * (-2.5050760253406863e-8 + z * 1.58969099521155e-10)));
  return x - (z * (0.5 * low - v * r) - low + v * 0.16666666666666632);
}

function smallCosine(x: number, low: number): number {
  const z = x * x;
  const r =
    z * (0.0416666666666666 + z * (-0.001388888888887411 + z * 2.480158728947673e-5)) +
    z * z * z * z * (-2.7557314351390663e-7 + z * (2.087572321298175e-9 + z * -1.1359647557788195e-11));
  const half = 0.5 * z;
  const w = 1 - half;
  return w + (1 - w - half + (z * r - x * low));
}
