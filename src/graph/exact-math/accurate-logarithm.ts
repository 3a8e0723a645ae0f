/**
 * ln x to about 70 bits, for what multiplies it: ln x = k·ln 2 + 2·artanh s with s = (m − 1) / (m + 1), x = 2ᵏ·m, m in [√½, √2).
 * |s²| < 0.03, so that of the series 1 + s²/3 + s⁴/5 + … only the first terms need two numbers.
 */
import { add, type DoubleDouble, divide, multiply, product, sum } from './double-double';
import { exponentOf, scale } from './float-bits';

const ln2: DoubleDouble = [Math.LN2, 2.3190468138462996e-17];
const third = divide([1, 0], [3, 0]);
const fifth = divide([1, 0], [5, 0]);

/** Last denominator of the series: the next term is below 2⁻⁸⁰. */
const lastOdd = 29;

/** ln x for a finite x > 0; its relative error is about 2⁻⁷⁰, that of the terms from s⁶/7 on, which are single numbers. */
export function accurateLog(x: number): DoubleDouble {
  const k = exponentOf(x);
  const m = scale(x, -k);
  const s = divide([m - 1, 0], sum(m, 1));
  const square = multiply(s, s);
  let tail = 0;
  for (let odd = lastOdd; odd >= 7; odd -= 2) tail = tail * square[0] + 1 / odd;
  let series = add(fifth, product(tail, square[0]));
  series = add(third, multiply(series, square));
  series = add([1, 0], multiply(series, square));
  return add(multiply([k, 0], ln2), multiply([2 * s[0], 2 * s[1]], series));
}
