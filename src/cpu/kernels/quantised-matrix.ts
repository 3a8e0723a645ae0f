/**
 * A quantised matrix in the engine's memory, and its rows as floats. It lies as `src/graph/quantised.ts` says, but that integers
 * of 8 bits are stored less 128, so that they are signed.
 */

/** Words that describe a matrix, among the arguments of a kernel; `src/cpu/operations/matrix.ts` writes them. */
export namespace Matrix {
  /** Address; rows start at multiples of 16 bytes. */
  export const packed: usize = 0;
  export const scales: usize = 4;
  /** One byte beside each scale, or 0: 8 (128) everywhere. */
  export const zeros: usize = 8;
  /** 4 or 8; 0: the matrix is not quantised, and nothing else here is set. */
  export const bits: usize = 12;
  /** Columns that share a scale, a multiple of 32: all that a row has, where it has one scale. */
  export const block: usize = 16;
  /** Scales of a row. */
  export const blocks: usize = 20;
  /** Bytes of a row's integers. */
  export const rowBytes: usize = 24;
}

/**
 * Writes `count` columns of a row from column `first` on, a multiple of 32, as floats. Up to 31 more are written where `count` is
 * no multiple of 32.
 */
export function floatsOfRow(matrix: usize, row: i32, first: i32, count: i32, to: usize): void {
  const bits = load<i32>(matrix, Matrix.bits);
  const block = load<i32>(matrix, Matrix.block);
  const blocks = load<i32>(matrix, Matrix.blocks);
  const zeros = load<u32>(matrix, Matrix.zeros) as usize;
  const middle: i32 = bits === 4 ? 8 : 0;
  let from = load<u32>(matrix, Matrix.packed) as usize;
  from += (row as usize) * (load<u32>(matrix, Matrix.rowBytes) as usize) + ((first * bits) as usize) / 8;
  for (let column = first; column < first + count; column += 32) {
    const place = row * blocks + column / block;
    const scale = v128.load32_splat((load<u32>(matrix, Matrix.scales) as usize) + ((place as usize) << 2));
    let zero = middle;
    if (zeros) zero = (load<u8>(zeros + (place as usize)) as i32) + (bits === 4 ? 0 : -128);
    const offset = i16x8.splat(zero as i16);
    if (bits === 4) {
      const both = v128.load(from);
      const even = v128.and(both, i8x16.splat(15));
      const odd = i8x16.shr_u(both, 4);
      storeSixteen(i8x16.shuffle(even, odd, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), offset, scale, to);
      storeSixteen(
        i8x16.shuffle(even, odd, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31),
        offset,
        scale,
        to + 64,
      );
      from += 16;
    } else {
      storeSixteen(v128.load(from), offset, scale, to);
      storeSixteen(v128.load(from, 16), offset, scale, to + 64);
      from += 32;
    }
    to += 128;
  }
}

/** (q − zero) · scale of sixteen signed bytes. */
function storeSixteen(integers: v128, zero: v128, scale: v128, to: usize): void {
  const low = i16x8.sub(i16x8.extend_low_i8x16_s(integers), zero);
  const high = i16x8.sub(i16x8.extend_high_i8x16_s(integers), zero);
  v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(low)), scale));
  v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(low)), scale), 16);
  v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(high)), scale), 32);
  v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(high)), scale), 48);
}

/** Address of a row's integers. */
export function startOf(matrix: usize, row: i32): usize {
  return (load<u32>(matrix, Matrix.packed) as usize) + (row as usize) * (load<u32>(matrix, Matrix.rowBytes) as usize);
}

/** Address of a row's scales. */
export function scaleAt(matrix: usize, row: i32): usize {
  return (load<u32>(matrix, Matrix.scales) as usize) + ((row * load<i32>(matrix, Matrix.blocks)) << 2);
}

/** The zero point of a block in a matrix that has them. Bytes are stored less 128, and so are theirs. */
export function zeroOf(matrix: usize, row: i32, block: i32): v128 {
  const zeros = load<u32>(matrix, Matrix.zeros) as usize;
  const zero = load<u8>(zeros + ((row * load<i32>(matrix, Matrix.blocks) + block) as usize)) as i32;
  return i32x4.splat(load<i32>(matrix, Matrix.bits) === 4 ? zero : zero - 128);
}
