/** Powers of two, and the exponent in the bits of a float64. A DataView has one byte order on every machine. */

const smallestExponent = -1022;
const largestExponent = 1023;
const smallestNormal = 2.2250738585072014e-308;

const powers = new Float64Array(largestExponent - smallestExponent + 1);
for (let i = 0, power = smallestNormal; i < powers.length; i++, power *= 2) powers[i] = power;

/** 2ᵏ for a whole −1022 ≤ k ≤ 1023, exact; else NaN. */
export function powerOfTwo(k: number): number {
  return powers[k - smallestExponent] ?? Number.NaN;
}

/** y · 2ᵏ for a whole −2044 ≤ k ≤ 2047; rounded once, when the result is subnormal but y · 2^⌊k/2⌋ is not. */
export function scale(y: number, k: number): number {
  const half = k >> 1;
  return y * powerOfTwo(half) * powerOfTwo(k - half);
}

const view = new DataView(new ArrayBuffer(8));

/** k with x / 2ᵏ in [√½, √2), for a finite x > 0, subnormal or not. */
export function exponentOf(x: number): number {
  const isSubnormal = x < smallestNormal;
  view.setFloat64(0, isSubnormal ? x * 2 ** 54 : x);
  // Carries into the exponent from a mantissa of √2 on, as fdlibm's log does.
  return ((view.getUint32(0) + 0x95f64) >>> 20) - 1023 - (isSubnormal ? 54 : 0);
}
