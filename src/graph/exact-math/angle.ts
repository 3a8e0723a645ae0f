/**
 * An angle without its quarters of a turn: x = n·π/2 + r, |r| ≤ π/4, with r as a sum of two float64 that loses nothing when
 * x comes close to a multiple of π/2. Rotary embeddings ask for angles up to the context's length; larger ones come
 * only from a base θ below 1, and take whole numbers of 1200 bits. Source of the first way: Cody & Waite (1980).
 */
import { sum } from './double-double';
import { exponentOf, powerOfTwo, scale } from './float-bits';

/** π/2 in four parts; n times each of the first three, of 33 bits, is exact for n < 2²⁰. */
const quarterParts = [1.5707963267341256, 6.077100506303966e-11, 2.0222662487111665e-21, 8.4784276603689e-32] as const;

/** Below n = 2²⁰. */
const largestCodyWaite = 1.6e6;

/** [n or n mod 4, r, what r leaves out] for a finite x. */
export function reduceAngle(x: number): [n: number, high: number, low: number] {
  if (Math.abs(x) <= Math.PI / 4) return [0, x, 0];
  if (Math.abs(x) > largestCodyWaite) return reduceInWholeNumbers(x);
  const n = Math.round(x / (Math.PI / 2));
  const [first, firstRest] = sum(x - n * quarterParts[0], -n * quarterParts[1]);
  const [second, secondRest] = sum(first, -n * quarterParts[2]);
  return [n, ...sum(second, firstRest + (secondRest - n * quarterParts[3]))];
}

/** Bits behind the point: n has up to 1024 bits, a float64 comes within 2⁻⁶² of a multiple of π/2, and 107 bits are to be right. */
const fractionBits = 1200;
const keptBits = 160;

let halfPi = 0n;

function reduceInWholeNumbers(x: number): [n: number, high: number, low: number] {
  halfPi ||= 2n * (4n * inverseArctangent(5n) - inverseArctangent(239n));
  const magnitude = Math.abs(x);
  const shift = 53 - exponentOf(magnitude);
  const angle = BigInt(scale(magnitude, shift)) << BigInt(fractionBits - shift);
  const n = (2n * angle + halfPi) / (2n * halfPi);
  const rest = (angle - n * halfPi) >> BigInt(fractionBits - keptBits);
  const high = Number(rest);
  const low = Number(rest - BigInt(high));
  const unit = Math.sign(x) * powerOfTwo(-keptBits);
  return [Math.sign(x) * Number(n & 3n), high * unit, low * unit];
}

/** arctan(1/q) · 2^fractionBits; π/4 = 4·arctan(1/5) − arctan(1/239) (Machin, 1706). */
function inverseArctangent(q: bigint): bigint {
  let power = (1n << BigInt(fractionBits)) / q;
  let total = power;
  for (let odd = 3n; power !== 0n; odd += 2n) {
    power /= -q * q;
    total += power / odd;
  }
  return total;
}
