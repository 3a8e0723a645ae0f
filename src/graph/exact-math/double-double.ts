/**
 * Numbers as unevaluated sums of two float64, about 106 bits: `high` is the sum rounded, `low` the rest.
 * Sources: Knuth (TAOCP 2, 4.2.2, two-sum), Dekker (1971, product and quotient).
 */

export type DoubleDouble = readonly [high: number, low: number];

/** a + b, exact. */
export function sum(a: number, b: number): DoubleDouble {
  const high = a + b;
  const part = high - a;
  return [high, a - (high - part) + (b - part)];
}

/** a · b, exact unless it or a factor beyond 2⁹⁹⁶ overflows, or its low part is subnormal. */
export function product(a: number, b: number): DoubleDouble {
  const high = a * b;
  const [aHigh, bHigh] = [leading(a), leading(b)];
  const [aLow, bLow] = [a - aHigh, b - bHigh];
  return [high, aHigh * bHigh - high + aHigh * bLow + aLow * bHigh + aLow * bLow];
}

export function add([a, aLow]: DoubleDouble, [b, bLow]: DoubleDouble): DoubleDouble {
  const [high, low] = sum(a, b);
  return sum(high, low + (aLow + bLow));
}

export function multiply([a, aLow]: DoubleDouble, [b, bLow]: DoubleDouble): DoubleDouble {
  const [high, low] = product(a, b);
  return sum(high, low + (a * bLow + aLow * b));
}

export function divide([a, aLow]: DoubleDouble, [b, bLow]: DoubleDouble): DoubleDouble {
  const quotient = a / b;
  const [high, low] = product(quotient, b);
  return sum(quotient, (a - high - low + aLow - quotient * bLow) / b);
}

/** The first 26 bits of a. */
function leading(a: number): number {
  const scaled = 134217729 * a;
  return scaled - (scaled - a);
}
