/** Rows of a matrix in f32 times one vector, eight at a time as eight streams. */
import { sumsOfFour } from './lanes';

/** Sums of up to four rows from `low` and up to four from `high` with x, in the order of their columns. */
export function dots(
  x: usize,
  low: usize,
  high: usize,
  stride: usize,
  K: i32,
  lowCount: i32,
  highCount: i32,
  sums: usize,
): void {
  // A row that is not there is read as the first: its sum is not used.
  let w0 = low;
  let w1 = lowCount > 1 ? low + stride : low;
  let w2 = lowCount > 2 ? low + 2 * stride : low;
  let w3 = lowCount > 3 ? low + 3 * stride : low;
  let w4 = highCount > 0 ? high : low;
  let w5 = highCount > 1 ? high + stride : low;
  let w6 = highCount > 2 ? high + 2 * stride : low;
  let w7 = highCount > 3 ? high + 3 * stride : low;
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let s4 = s0;
  let s5 = s0;
  let s6 = s0;
  let s7 = s0;
  const vectors = x + (((K & ~3) as usize) << 2);
  const end = x + ((K as usize) << 2);
  // Rows are addressed by their distance to x, so that one counter serves all.
  w0 -= x;
  w1 -= x;
  w2 -= x;
  w3 -= x;
  w4 -= x;
  w5 -= x;
  w6 -= x;
  w7 -= x;
  for (; x < vectors; x += 16) {
    const v = v128.load(x);
    s0 = f32x4.add(s0, f32x4.mul(v, v128.load(x + w0)));
    s1 = f32x4.add(s1, f32x4.mul(v, v128.load(x + w1)));
    s2 = f32x4.add(s2, f32x4.mul(v, v128.load(x + w2)));
    s3 = f32x4.add(s3, f32x4.mul(v, v128.load(x + w3)));
    s4 = f32x4.add(s4, f32x4.mul(v, v128.load(x + w4)));
    s5 = f32x4.add(s5, f32x4.mul(v, v128.load(x + w5)));
    s6 = f32x4.add(s6, f32x4.mul(v, v128.load(x + w6)));
    s7 = f32x4.add(s7, f32x4.mul(v, v128.load(x + w7)));
  }
  let lowSums = sumsOfFour(s0, s1, s2, s3);
  let highSums = sumsOfFour(s4, s5, s6, s7);
  for (; x < end; x += 4) {
    const v = v128.load32_splat(x);
    lowSums = f32x4.add(
      lowSums,
      f32x4.mul(v, f32x4(load<f32>(x + w0), load<f32>(x + w1), load<f32>(x + w2), load<f32>(x + w3))),
    );
    highSums = f32x4.add(
      highSums,
      f32x4.mul(v, f32x4(load<f32>(x + w4), load<f32>(x + w5), load<f32>(x + w6), load<f32>(x + w7))),
    );
  }
  v128.store(sums, lowSums);
  v128.store(sums, highSums, 16);
}
