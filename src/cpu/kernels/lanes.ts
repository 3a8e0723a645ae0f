/** Vectors that are not full, and sums across a vector. */

/** The first `count` of four numbers, all from four on; zeros behind them, and nothing behind them is read. */
export function loadFirst(at: usize, count: i32): v128 {
  if (count >= 4) return v128.load(at);
  let x = v128.load32_zero(at);
  if (count > 1) x = v128.load_lane<f32>(at, x, 1, 4);
  if (count > 2) x = v128.load_lane<f32>(at, x, 2, 8);
  return x;
}

/** Stores the first `count` of four numbers, all from four on. */
export function storeFirst(at: usize, x: v128, count: i32): void {
  if (count >= 4) {
    v128.store(at, x);
    return;
  }
  v128.store_lane<f32>(at, x, 0);
  if (count > 1) v128.store_lane<f32>(at, x, 1, 4);
  if (count > 2) v128.store_lane<f32>(at, x, 2, 8);
}

export function sumOfLanes(x: v128): f32 {
  const low = f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1);
  return low + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

/** The sum of each of four vectors, side by side. */
export function sumsOfFour(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 1, 4, 5), v128.shuffle<f32>(a, b, 2, 3, 6, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 1, 4, 5), v128.shuffle<f32>(c, d, 2, 3, 6, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 2, 4, 6), v128.shuffle<f32>(ab, cd, 1, 3, 5, 7));
}
