/**
 * Cosines and sines of the rotary embedding at a position: pair j of a head turns by position · 2^(−j · step), where
 * step = 2 · log2(θ) / D. Scalar float64 from additions and multiplications alone: the same bits on every machine, and within
 * 1e-7, which is half a unit in the last place of f32, for angles below 1.6 million (2²⁰ quarter turns).
 * Sources: Cody & Waite (1980) for the reduction by quarter turns, fdlibm's k_sin.c and k_cos.c (Sun, 1993) for the
 * polynomials; 2ˣ is the Taylor series of eʳ, |r| ≤ ln 2 / 2, to its eleventh power.
 */

/** Writes (cosine, sine) as f32 for the pairs 0 ≤ j < `half`, the layout of a row of the table of turns: 8 · half bytes. */
export function turnsOf(position: u32, half: i32, step: f64, turns: usize): void {
  for (let j = 0; j < half; j++) {
    turnOf((position as f64) * powerOfTwo(-(j as f64) * step), turns);
    turns += 8;
  }
}

/** Writes cosine and sine of `angle` as f32. */
function turnOf(angle: f64, turn: usize): void {
  const quarters = nearest(angle * 0.6366197723675814);
  // π/2 in three parts: quarters times each of the first two, of 33 bits, is exact.
  const r =
    angle - quarters * 1.5707963267341256 - quarters * 6.077100506303966e-11 - quarters * 2.0222662487959506e-21;
  const z = r * r;
  let odd = z * 1.58969099521155e-10 - 2.5050760253406863e-8;
  odd = z * odd + 2.7557313707070068e-6;
  odd = z * odd - 1.984126982985795e-4;
  odd = z * odd + 8.33333333332249e-3;
  odd = z * odd - 0.16666666666666632;
  const sine = r + r * z * odd;
  let even = z * -1.1359647557788195e-11 + 2.087572321298175e-9;
  even = z * even - 2.7557314351390663e-7;
  even = z * even + 2.480158728947673e-5;
  even = z * even - 1.388888888887411e-3;
  even = z * even + 4.16666666666666e-2;
  const cosine = 1 - 0.5 * z + z * z * even;
  const quarter = (quarters as i64) & 3;
  const swapped = (quarter & 1) !== 0;
  const x = swapped ? sine : cosine;
  const y = swapped ? cosine : sine;
  store<f32>(turn, (quarter === 1 || quarter === 2 ? -x : x) as f32);
  store<f32>(turn, (quarter >= 2 ? -y : y) as f32, 4);
}

/** 2ˣ for |x| ≤ 1022. */
function powerOfTwo(x: f64): f64 {
  const n = nearest(x);
  const r = (x - n) * 0.6931471805599453;
  let y = r * 2.505210838544172e-8 + 2.755731922398589e-7;
  y = r * y + 2.7557319223985893e-6;
  y = r * y + 2.48015873015873e-5;
  y = r * y + 1.984126984126984e-4;
  y = r * y + 1.388888888888889e-3;
  y = r * y + 8.333333333333333e-3;
  y = r * y + 4.1666666666666664e-2;
  y = r * y + 0.16666666666666666;
  y = r * y + 0.5;
  y = r * y + 1;
  y = r * y + 1;
  return y * reinterpret<f64>(((n as i64) + 1023) << 52);
}
