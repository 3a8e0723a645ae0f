/**
 * The matrix product of a token, with what stands behind it in the same command (see linear/shape.ts):
 *
 *     y[M,N] = act(x[M,K] · weight[N,K]ᵀ + bias) + x2 · weight2ᵀ + residualScale · residual, or the gate of an FFN of it.
 *
 * With one row there is nothing to reuse: the weight is read once, eight of its rows at a time as eight streams, and reading it
 * is what it costs. A unit is a strip of eight columns of y, or of four columns of a gated FFN, whose gate and value
 * are two times four rows of the weight.
 */
import { activateVector } from './activation';

namespace Word {
  export const x: usize = 0;
  export const weight: usize = 4;
  export const y: usize = 8;
  export const M: usize = 12;
  /** Columns of y. */
  export const columns: usize = 16;
  export const K: usize = 20;
  export const bias: usize = 24;
  export const biasCount: usize = 28;
  export const x2: usize = 32;
  export const stride2: usize = 36;
  export const weight2: usize = 40;
  export const K2: usize = 44;
  export const residual: usize = 48;
  export const residualScale: usize = 52;
  export const activation: usize = 56;
  export const activationFrom: usize = 60;
  /** Activation of the gate, 0 for none. */
  export const gate: usize = 64;
  export const gated: usize = 68;
  export const branches: usize = 72;
  /** [branches, columns], 0 with a single branch. */
  export const scale: usize = 76;
  export const offset: usize = 80;
}

export function tokenLinear(args: usize, begin: i32, end: i32, scratch: usize): void {
  const M = load<i32>(args, Word.M);
  const width = load<i32>(args, Word.gated) !== 0 ? 4 : 8;
  const columns = load<i32>(args, Word.columns);
  for (let unit = begin; unit < end; unit++) {
    const first = unit * width;
    const count = min(width, columns - first);
    for (let m = 0; m < M; m++) strip(args, m, first, count, scratch);
  }
}

/** Columns `first` to `first + count` of row `m`; the sums of the eight weight rows pass through `sums`. */
function strip(args: usize, m: i32, first: i32, count: i32, sums: usize): void {
  const K = load<i32>(args, Word.K);
  const columns = load<i32>(args, Word.columns);
  const x = (load<u32>(args, Word.x) as usize) + (((m * K) as usize) << 2);
  const weight = load<u32>(args, Word.weight) as usize;
  const gated = load<i32>(args, Word.gated) !== 0;
  const stride = (K as usize) << 2;
  const rows = weight + (first as usize) * stride;
  if (gated) {
    dots(x, rows, rows + (columns as usize) * stride, stride, K, count, count, sums);
    addBias(args, first, sums);
    addBias(args, columns + first, sums + 16);
  } else {
    dots(x, rows, rows + 4 * stride, stride, K, min(4, count), count - 4, sums);
    addBias(args, first, sums);
    addBias(args, first + 4, sums + 16);
  }
  const kind = load<i32>(args, Word.gate);
  if (kind) {
    const low = series(args, kind, first, count, v128.load(sums));
    if (gated) v128.store(sums, f32x4.mul(low, v128.load(sums, 16)));
    else {
      v128.store(sums, low);
      if (count > 4) v128.store(sums, series(args, kind, first + 4, count - 4, v128.load(sums, 16)), 16);
    }
  } else {
    activate(args, first, sums);
    activate(args, first + 4, sums + 16);
  }
  addSecond(args, m, first, count, sums);
  finish(args, m, first, count, sums);
}

/** Sums of up to four rows from `low` and up to four from `high` with x, in the order of their columns. */
function dots(
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

/** The sum of each of four vectors, side by side. */
function sumsOfFour(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 1, 4, 5), v128.shuffle<f32>(a, b, 2, 3, 6, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 1, 4, 5), v128.shuffle<f32>(c, d, 2, 3, 6, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 2, 4, 6), v128.shuffle<f32>(ab, cd, 1, 3, 5, 7));
}

function addBias(args: usize, row: i32, sums: usize): void {
  const bias = load<u32>(args, Word.bias) as usize;
  if (!bias) return;
  const count = min(4, load<i32>(args, Word.biasCount) - row);
  for (let i = 0; i < count; i++) {
    const place = sums + ((i as usize) << 2);
    store<f32>(place, load<f32>(place) + load<f32>(bias + (((row + i) as usize) << 2)));
  }
}

/** Σᵢ act(scaleᵢ · z + offsetᵢ), or act(z) with a single branch; columns beyond `count` stay as they are. */
function series(args: usize, kind: i32, first: i32, count: i32, z: v128): v128 {
  const scale = load<u32>(args, Word.scale) as usize;
  if (!scale) return activateVector(kind, z);
  const offset = load<u32>(args, Word.offset) as usize;
  const columns = load<i32>(args, Word.columns);
  const branches = load<i32>(args, Word.branches);
  let value = f32x4.splat(0);
  for (let branch = 0; branch < branches; branch++) {
    const place = ((branch * columns + first) as usize) << 2;
    const a = fourOf(scale + place, count);
    const b = fourOf(offset + place, count);
    value = f32x4.add(value, activateVector(kind, f32x4.add(f32x4.mul(a, z), b)));
  }
  return value;
}

/** Four numbers, the last of them zero where fewer are there. */
function fourOf(from: usize, count: i32): v128 {
  if (count >= 4) return v128.load(from);
  let four = f32x4.replace_lane(f32x4.splat(0), 0, load<f32>(from));
  if (count > 1) four = f32x4.replace_lane(four, 1, load<f32>(from, 4));
  if (count > 2) four = f32x4.replace_lane(four, 2, load<f32>(from, 8));
  return four;
}

function activate(args: usize, first: i32, sums: usize): void {
  const kind = load<i32>(args, Word.activation);
  const from = load<i32>(args, Word.activationFrom);
  if (!kind || first + 4 <= from) return;
  const value = v128.load(sums);
  const columns = i32x4.add(i32x4.splat(first), i32x4(0, 1, 2, 3));
  v128.store(sums, v128.bitselect(activateVector(kind, value), value, i32x4.ge_s(columns, i32x4.splat(from))));
}

function addSecond(args: usize, m: i32, first: i32, count: i32, sums: usize): void {
  const weight2 = load<u32>(args, Word.weight2) as usize;
  if (!weight2) return;
  const K2 = load<i32>(args, Word.K2);
  const x2 = (load<u32>(args, Word.x2) as usize) + (((m * load<i32>(args, Word.stride2)) as usize) << 2);
  const stride = (K2 as usize) << 2;
  const rows = weight2 + (first as usize) * stride;
  dots(x2, rows, rows + 4 * stride, stride, K2, min(4, count), count - 4, sums + 32);
  v128.store(sums, f32x4.add(v128.load(sums), v128.load(sums, 32)));
  v128.store(sums, f32x4.add(v128.load(sums, 16), v128.load(sums, 48)), 16);
}

/** Adds the residual and writes what is there. */
function finish(args: usize, m: i32, first: i32, count: i32, sums: usize): void {
  const place = ((m * load<i32>(args, Word.columns) + first) as usize) << 2;
  const y = (load<u32>(args, Word.y) as usize) + place;
  const residual = load<u32>(args, Word.residual) as usize;
  const scale = load<f32>(args, Word.residualScale);
  for (let i = 0; i < count; i++) {
    const at = (i as usize) << 2;
    let value = load<f32>(sums + at);
    if (residual) value += scale * load<f32>(residual + place + at);
    store<f32>(y + at, value);
  }
}
