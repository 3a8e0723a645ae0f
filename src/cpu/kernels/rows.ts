/** What kernels do with whole rows of numbers. Rows may have any length. */
import { sumOfLanes } from './lanes';

export function copyRow(to: usize, from: usize, count: i32): void {
  const end = to + ((count as usize) << 2);
  const endFour = to + (((count & ~3) as usize) << 2);
  for (; to < endFour; to += 16) {
    v128.store(to, v128.load(from));
    from += 16;
  }
  for (; to < end; to += 4) {
    store<f32>(to, load<f32>(from));
    from += 4;
  }
}

/** A call of memory.fill costs more than a short row. */
export function clearRow(to: usize, count: i32): void {
  const end = to + ((count as usize) << 2);
  const endFour = to + (((count & ~3) as usize) << 2);
  for (; to < endFour; to += 16) v128.store(to, f32x4.splat(0));
  for (; to < end; to += 4) store<f32>(to, 0);
}

/** to[i] = a[i] + b[i]; `to` may be one of them. */
export function addRows(to: usize, a: usize, b: usize, count: i32): void {
  const end = to + ((count as usize) << 2);
  const endFour = to + (((count & ~3) as usize) << 2);
  for (; to < endFour; to += 16) {
    v128.store(to, f32x4.add(v128.load(a), v128.load(b)));
    a += 16;
    b += 16;
  }
  for (; to < end; to += 4) {
    store<f32>(to, load<f32>(a) + load<f32>(b));
    a += 4;
    b += 4;
  }
}

/** to[i] += scale · from[i]. */
export function addScaledRow(to: usize, from: usize, scale: f32, count: i32): void {
  const factor = f32x4.splat(scale);
  const end = to + ((count as usize) << 2);
  const endFour = to + (((count & ~3) as usize) << 2);
  for (; to < endFour; to += 16) {
    v128.store(to, f32x4.add(v128.load(to), f32x4.mul(factor, v128.load(from))));
    from += 16;
  }
  for (; to < end; to += 4) {
    store<f32>(to, load<f32>(to) + scale * load<f32>(from));
    from += 4;
  }
}

/** Σ x[i]. */
export function sumOfRow(x: usize, count: i32): f32 {
  let left = f32x4.splat(0);
  let right = left;
  let i = 0;
  for (; i + 8 <= count; i += 8) {
    left = f32x4.add(left, v128.load(x));
    right = f32x4.add(right, v128.load(x, 16));
    x += 32;
  }
  let sum = sumOfLanes(f32x4.add(left, right));
  for (; i < count; i++) {
    sum += load<f32>(x);
    x += 4;
  }
  return sum;
}

/** Σ (x[i] − mean)². */
export function squaresOfRow(x: usize, mean: f32, count: i32): f32 {
  const centre = f32x4.splat(mean);
  let left = f32x4.splat(0);
  let right = left;
  let i = 0;
  for (; i + 8 <= count; i += 8) {
    const a = f32x4.sub(v128.load(x), centre);
    const b = f32x4.sub(v128.load(x, 16), centre);
    left = f32x4.add(left, f32x4.mul(a, a));
    right = f32x4.add(right, f32x4.mul(b, b));
    x += 32;
  }
  let sum = sumOfLanes(f32x4.add(left, right));
  for (; i < count; i++) {
    const rest = load<f32>(x) - mean;
    sum += rest * rest;
    x += 4;
  }
  return sum;
}
