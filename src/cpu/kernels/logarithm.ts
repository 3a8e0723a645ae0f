/**
 * ln x of one number, from additions, multiplications, divisions and the bits of x: the same bits on every machine.
 * x = 2ᵏ·(1 + f) with 1 + f in [√½, √2), and ln(1 + f) = f − f²/2 + s·(f²/2 + R(s²)) with s = f / (2 + f), R a polynomial.
 * Source: fdlibm's e_log.c (Sun, 1993), its coefficients.
 */

const ln2High: f64 = 0.6931471803691238;
const ln2Low: f64 = 1.9082149292705877e-10;

/** Within one unit in the last place of f64 for every x that is not subnormal; −∞ for 0, NaN below and for NaN, ∞ for ∞. */
export function logarithm(x: f64): f64 {
  if (!(x > 0)) return x === 0 ? -Infinity : NaN;
  if (x === Infinity) return x;
  const bits = reinterpret<u64>(x);
  // Carries into the exponent from a mantissa of √2 on.
  const k = ((((bits >>> 32) + 0x95f64) >>> 20) as i64) - 1023;
  const f = reinterpret<f64>(bits - ((k as u64) << 52)) - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (0.3999999999940942 + w * (0.22222198432149784 + w * 0.15313837699209373));
  const odd = z * (0.6666666666666735 + w * (0.2857142874366239 + w * (0.1818357216161805 + w * 0.14798198605116586)));
  const half = 0.5 * f * f;
  const exponent = k as f64;
  return exponent * ln2High - (half - (s * (half + (even + odd)) + exponent * ln2Low) - f);
}
