/**
 * Activations z · s with s = 1 / (1 + e), and their derivatives, from one exponential e: e⁻ᶻ for SiLU (1), that of the cubic
 * for GELU (2). ReLU (3) has no exponential; its derivative at 0 is 0, as in PyTorch. 1 − s is taken as e · s, which keeps its
 * relative precision where s is near 1.
 */
import { exponential, geluArgument } from './activation';

/** Beyond ±15 the slope of GELU is 0 or 1, and the cube of z could overflow. */
function near(z: v128): v128 {
  return f32x4.pmax(f32x4.pmin(z, f32x4.splat(15)), f32x4.splat(-15));
}

/** The exponential that `activationOf` and `slopeOf` need; anything for ReLU. */
export function exponentialOf(kind: i32, z: v128): v128 {
  if (kind === 3) return z;
  return exponential(f32x4.neg(kind === 2 ? geluArgument(near(z)) : z));
}

export function activationOf(kind: i32, z: v128, e: v128): v128 {
  if (kind === 3) return f32x4.pmax(z, f32x4.splat(0));
  return f32x4.div(z, f32x4.add(f32x4.splat(1), e));
}

export function slopeOf(kind: i32, z: v128, e: v128): v128 {
  const one = f32x4.splat(1);
  if (kind === 3) return v128.and(f32x4.gt(z, f32x4.splat(0)), one);
  const s = f32x4.div(one, f32x4.add(one, e));
  let growth = z;
  if (kind === 2) {
    // z times the derivative of the cubic.
    const x = near(z);
    const square = f32x4.add(one, f32x4.mul(f32x4.splat(0.134145), f32x4.mul(x, x)));
    growth = f32x4.mul(x, f32x4.mul(f32x4.splat(1.5957691216), square));
  }
  return f32x4.mul(s, f32x4.add(one, f32x4.mul(growth, f32x4.mul(e, s))));
}
