/**
 * The softmax of the attention kernels takes powers of two: log2 e is part of the scale of the scores, so that an exponent needs
 * no further multiplication. 2ˣ = 2ⁿ · 2ᶠ with n the nearest integer, read from the low bits of x + 1.5 · 2²³, and a polynomial
 * of degree 6 on |f| ≤ ½ (least largest relative error, 1e-7 with the roundings; 2⁰ is exactly 1).
 */

export const log2e: f32 = 1.44269504;
export const ln2: f64 = 0.6931471805599453;

/**
 * x becomes 2^(x − shift) for the vectors at `first`, `first` + `step`, … before `end`; returns their sum. 0 where x − shift is
 * below −126.5, −∞ included; NaN stays.
 */
export function powersOfTwo(first: usize, end: usize, step: usize, shift: v128): v128 {
  let sum = f32x4.splat(0);
  // Exact for |x| < 2²²; the bits of the sum are those of its integer in the last place.
  const round = f32x4.splat(12582912);
  for (let place = first; place < end; place += step) {
    const x = f32x4.pmin(f32x4.pmax(f32x4.sub(v128.load(place), shift), f32x4.splat(-127)), f32x4.splat(127));
    const rounded = f32x4.add(x, round);
    const f = f32x4.sub(x, f32x4.sub(rounded, round));
    let y = f32x4.splat(1.5353362e-4);
    y = f32x4.add(f32x4.mul(y, f), f32x4.splat(1.3398875e-3));
    y = f32x4.add(f32x4.mul(y, f), f32x4.splat(9.618437e-3));
    y = f32x4.add(f32x4.mul(y, f), f32x4.splat(5.5503324e-2));
    y = f32x4.add(f32x4.mul(y, f), f32x4.splat(2.4022648e-1));
    y = f32x4.add(f32x4.mul(y, f), f32x4.splat(6.9314718e-1));
    y = f32x4.add(f32x4.mul(y, f), f32x4.splat(1));
    const power = i32x4.add(i32x4.shl(rounded, 23), i32x4.splat(0x3f800000));
    const result = f32x4.mul(y, power);
    v128.store(place, result);
    sum = f32x4.add(sum, result);
  }
  return sum;
}
