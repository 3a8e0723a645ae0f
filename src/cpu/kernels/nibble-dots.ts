/**
 * Two rows of a matrix of 4 bits times x in integers (prepare-integers.ts): sixteen bytes are eight lanes of four nibbles, which shifts take apart.
 *
 * With x in 22 bits (`nibbles22`) a scale's sums come together once a block; with 8 bits (`nibbles8`) x has a unit for every 32 columns, so
 * there they do once a group. Writes the four lanes' sums of row `row` at `to`, of row `other` 16 bytes behind; a dot product is the sum of the
 * four. Two rows share what is loaded of x, and their sums stay in registers.
 */
import { halfGroup, headBytes, joined } from './prepare-integers';
import { Matrix, scaleAt, startOf, zeroOf } from './quantised-matrix';

export function nibbles22(matrix: usize, row: i32, other: i32, x: usize, to: usize): void {
  const block = load<i32>(matrix, Matrix.block);
  const blocks = load<i32>(matrix, Matrix.blocks);
  const zeros = load<u32>(matrix, Matrix.zeros) !== 0;
  const unit = v128.load(x);
  const mask = i16x8.splat(15);
  let w0 = startOf(matrix, row);
  let w1 = startOf(matrix, other);
  let scale0 = scaleAt(matrix, row);
  let scale1 = scaleAt(matrix, other);
  let f0 = f32x4.splat(0);
  let f1 = f0;
  for (let b = 0; b < blocks; b++) {
    let h0 = v128.load(x, 16);
    let l0 = v128.load(x, 32);
    let h1 = h0;
    let l1 = l0;
    if (zeros) {
      const zero0 = zeroOf(matrix, row, b);
      const zero1 = zeroOf(matrix, other, b);
      h0 = i32x4.mul(h0, zero0);
      l0 = i32x4.mul(l0, zero0);
      h1 = i32x4.mul(h1, zero1);
      l1 = i32x4.mul(l1, zero1);
    }
    x += headBytes;
    const end = x + ((block as usize) << 2);
    while (x < end) {
      const v0 = v128.load(w0);
      const v1 = v128.load(w1);
      let high = v128.load(x);
      let low = v128.load(x, 64);
      let n0 = v128.and(v0, mask);
      let n1 = v128.and(v1, mask);
      h0 = i32x4.add(h0, i32x4.dot_i16x8_s(n0, high));
      l0 = i32x4.add(l0, i32x4.dot_i16x8_s(n0, low));
      h1 = i32x4.add(h1, i32x4.dot_i16x8_s(n1, high));
      l1 = i32x4.add(l1, i32x4.dot_i16x8_s(n1, low));
      high = v128.load(x, 16);
      low = v128.load(x, 80);
      n0 = v128.and(i16x8.shr_u(v0, 4), mask);
      n1 = v128.and(i16x8.shr_u(v1, 4), mask);
      h0 = i32x4.add(h0, i32x4.dot_i16x8_s(n0, high));
      l0 = i32x4.add(l0, i32x4.dot_i16x8_s(n0, low));
      h1 = i32x4.add(h1, i32x4.dot_i16x8_s(n1, high));
      l1 = i32x4.add(l1, i32x4.dot_i16x8_s(n1, low));
      high = v128.load(x, 32);
      low = v128.load(x, 96);
      n0 = v128.and(i16x8.shr_u(v0, 8), mask);
      n1 = v128.and(i16x8.shr_u(v1, 8), mask);
      h0 = i32x4.add(h0, i32x4.dot_i16x8_s(n0, high));
      l0 = i32x4.add(l0, i32x4.dot_i16x8_s(n0, low));
      h1 = i32x4.add(h1, i32x4.dot_i16x8_s(n1, high));
      l1 = i32x4.add(l1, i32x4.dot_i16x8_s(n1, low));
      high = v128.load(x, 48);
      low = v128.load(x, 112);
      n0 = i16x8.shr_u(v0, 12);
      n1 = i16x8.shr_u(v1, 12);
      h0 = i32x4.add(h0, i32x4.dot_i16x8_s(n0, high));
      l0 = i32x4.add(l0, i32x4.dot_i16x8_s(n0, low));
      h1 = i32x4.add(h1, i32x4.dot_i16x8_s(n1, high));
      l1 = i32x4.add(l1, i32x4.dot_i16x8_s(n1, low));
      w0 += 16;
      w1 += 16;
      x += 2 * halfGroup;
    }
    f0 = f32x4.add(f0, f32x4.mul(joined(h0, l0), v128.load32_splat(scale0)));
    f1 = f32x4.add(f1, f32x4.mul(joined(h1, l1), v128.load32_splat(scale1)));
    scale0 += 4;
    scale1 += 4;
  }
  v128.store(to, f32x4.mul(f0, unit));
  v128.store(to, f32x4.mul(f1, unit), 16);
}

export function nibbles8(matrix: usize, row: i32, other: i32, x: usize, to: usize): void {
  const groups = load<i32>(matrix, Matrix.block) >> 5;
  const blocks = load<i32>(matrix, Matrix.blocks);
  const zeros = load<u32>(matrix, Matrix.zeros) !== 0;
  const mask = i16x8.splat(15);
  let w0 = startOf(matrix, row);
  let w1 = startOf(matrix, other);
  let scale0 = scaleAt(matrix, row);
  let scale1 = scaleAt(matrix, other);
  let f0 = f32x4.splat(0);
  let f1 = f0;
  for (let b = 0; b < blocks; b++) {
    let zero0 = i32x4.splat(1);
    let zero1 = zero0;
    if (zeros) {
      zero0 = zeroOf(matrix, row, b);
      zero1 = zeroOf(matrix, other, b);
    }
    const left = v128.load32_splat(scale0);
    const right = v128.load32_splat(scale1);
    for (let group = 0; group < groups; group++) {
      const unit = v128.load(x);
      let s0 = v128.load(x, 16);
      let s1 = s0;
      if (zeros) {
        s0 = i32x4.mul(s0, zero0);
        s1 = i32x4.mul(s1, zero1);
      }
      const v0 = v128.load(w0);
      const v1 = v128.load(w1);
      let some = v128.load(x, headBytes);
      s0 = i32x4.add(s0, i32x4.dot_i16x8_s(v128.and(v0, mask), some));
      s1 = i32x4.add(s1, i32x4.dot_i16x8_s(v128.and(v1, mask), some));
      some = v128.load(x, headBytes + 16);
      s0 = i32x4.add(s0, i32x4.dot_i16x8_s(v128.and(i16x8.shr_u(v0, 4), mask), some));
      s1 = i32x4.add(s1, i32x4.dot_i16x8_s(v128.and(i16x8.shr_u(v1, 4), mask), some));
      some = v128.load(x, headBytes + 32);
      s0 = i32x4.add(s0, i32x4.dot_i16x8_s(v128.and(i16x8.shr_u(v0, 8), mask), some));
      s1 = i32x4.add(s1, i32x4.dot_i16x8_s(v128.and(i16x8.shr_u(v1, 8), mask), some));
      some = v128.load(x, headBytes + 48);
      s0 = i32x4.add(s0, i32x4.dot_i16x8_s(i16x8.shr_u(v0, 12), some));
      s1 = i32x4.add(s1, i32x4.dot_i16x8_s(i16x8.shr_u(v1, 12), some));
      f0 = f32x4.add(f0, f32x4.mul(f32x4.convert_i32x4_s(s0), f32x4.mul(unit, left)));
      f1 = f32x4.add(f1, f32x4.mul(f32x4.convert_i32x4_s(s1), f32x4.mul(unit, right)));
      w0 += 16;
      w1 += 16;
      x += headBytes + halfGroup;
    }
    scale0 += 4;
    scale1 += 4;
  }
  v128.store(to, f0);
  v128.store(to, f1, 16);
}
