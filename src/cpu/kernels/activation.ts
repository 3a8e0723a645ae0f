/**
 * Exponential and activations, four numbers at a time, from additions, multiplications and divisions alone: the same bits on
 * every machine. The exponential is a polynomial of degree 6 on [−ln 2 / 2, ln 2 / 2] (Cephes, expf: within 2 units in the
 * last place), GELU is the tanh form.
 */
import { loadFirst } from './lanes';

/** Added to a number below 2²² in size, it leaves the nearest whole number in the last bits: 1.5 · 2²³. */
const rounding: f32 = 12582912;

/** eˣ; 0 below −87.3, e^88.3 above. NaN stays: the pseudo-minimum hands its first operand on. */
export function exponential(x: v128): v128 {
  const clamped = f32x4.pmax(f32x4.pmin(x, f32x4.splat(88.37626)), f32x4.splat(-87.33654));
  const rounded = f32x4.add(f32x4.mul(clamped, f32x4.splat(1.44269504)), f32x4.splat(rounding));
  const n = f32x4.sub(rounded, f32x4.splat(rounding));
  // ln 2 in two parts, so that r keeps its last bits.
  let r = f32x4.sub(clamped, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.1219444e-4)));
  let y = f32x4.splat(1.98756915e-4);
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.3981999507e-3));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(8.3334519073e-3));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(4.1665795894e-2));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(1.6666665459e-1));
  y = f32x4.add(f32x4.mul(y, r), f32x4.splat(5.0000001201e-1));
  y = f32x4.add(f32x4.mul(y, f32x4.mul(r, r)), f32x4.add(r, f32x4.splat(1)));
  // 2ⁿ: the shift leaves the exponent alone of what was rounded.
  const power = i32x4.shl(i32x4.add(rounded, i32x4.splat(127)), 23);
  const result = f32x4.mul(y, power);
  return v128.andnot(result, f32x4.lt(x, f32x4.splat(-87.33654)));
}

/** 1 / (1 + e⁻ˣ). */
export function logistic(x: v128): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), exponential(f32x4.neg(x))));
}

/** 2 √(2/π) (x + 0.044715 x³): GELU is x · logistic of it. */
export function geluArgument(x: v128): v128 {
  const cubic = f32x4.mul(f32x4.splat(0.044715), f32x4.mul(x, f32x4.mul(x, x)));
  return f32x4.mul(f32x4.splat(1.5957691216), f32x4.add(x, cubic));
}

/** SiLU (1), GELU (2) or ReLU (3). */
export function activateVector(kind: i32, x: v128): v128 {
  if (kind === 1) return f32x4.mul(x, logistic(x));
  if (kind === 2) return f32x4.mul(x, logistic(geluArgument(x)));
  return f32x4.pmax(x, f32x4.splat(0));
}

/** Σᵢ act(scaleᵢ · z + offsetᵢ) of the four columns from `first` on, with scale and offset [branches,columns]; act(z) where `scale` is 0. */
export function seriesVector(
  kind: i32,
  z: v128,
  scale: usize,
  offset: usize,
  columns: i32,
  first: i32,
  branches: i32,
): v128 {
  if (!scale) return activateVector(kind, z);
  let sum = f32x4.splat(0);
  for (let branch = 0; branch < branches; branch++) {
    const place = ((branch * columns + first) as usize) << 2;
    const scaled = f32x4.mul(loadFirst(scale + place, columns - first), z);
    sum = f32x4.add(sum, activateVector(kind, f32x4.add(scaled, loadFirst(offset + place, columns - first))));
  }
  return sum;
}
