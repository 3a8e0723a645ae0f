/**
 * The matrix product of a token, with what stands behind it in the same command (see linear/shape.ts):
 *
 *     y[M,N] = act(x[M,K] · weight[N,K]ᵀ + bias) + x2 · weight2ᵀ + residualScale · residual, or the gate of an FFN of it.
 *
 * With one row there is nothing to reuse: the weight is read once, eight of its rows at a time as eight streams, and reading it
 * is what it costs. A unit is a strip of eight columns of y, or of four columns of a gated FFN, whose gate and value
 * are two times four rows of the weight.
 *
 * A weight that is quantised is multiplied in integers (quantised-dots.ts); what stands behind the product is the same.
 *
 * With experts (expert-linear/shape.ts) the weight holds a matrix a slot, and each row has its own: that of its expert. Rows
 * without an expert and rows outside of the window are left as they are.
 */
import { activateVector, seriesVector } from './activation';
import { dots } from './float-dots';
import { prepare, preparedBytes } from './prepare-integers';
import { quantisedFour } from './quantised-dots';
import { Matrix } from './quantised-matrix';

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
  /** Seven words each: the weights where they are quantised, as quantised-matrix.ts has them. */
  export const matrix: usize = 84;
  export const matrix2: usize = 112;
  /** Whether x has 8 bits in products with quantised weights. */
  export const eight: usize = 140;
  /** u32[M] where rows have experts, else 0; what follows is read only then. */
  export const expert: usize = 144;
  /** u32[E], or 0: expert e has matrix e. */
  export const slots: usize = 148;
  /** Rows of a matrix. */
  export const rowsPerExpert: usize = 152;
  /** u32[M], by expert, and where it says how many of them count. */
  export const rows: usize = 156;
  export const counted: usize = 160;
  /** u32[4] with the first place and the end of what is computed, or 0: all is. */
  export const window: usize = 164;
}

/** Places in a thread's scratch: sums of both products, room for a product, then x and x2 as integers. */
const roomAt: usize = 64;
const preparedAt: usize = 128;

export function tokenLinear(args: usize, begin: i32, end: i32, scratch: usize): void {
  const width = load<i32>(args, Word.gated) !== 0 ? 4 : 8;
  const columns = load<i32>(args, Word.columns);
  let from = 0;
  let to = load<i32>(args, Word.M);
  if (load<u32>(args, Word.expert) !== 0) {
    const window = load<u32>(args, Word.window) as usize;
    to = load<i32>(load<u32>(args, Word.counted) as usize);
    if (window) {
      from = load<i32>(window);
      to = min<u32>(to, load<u32>(window, 4)) as i32;
    }
  }
  if (isQuantised(args, Word.matrix) || isQuantised(args, Word.matrix2)) {
    for (let place = from; place < to; place++) {
      const m = rowOf(args, place);
      const base = matrixOf(args, m);
      prepareRow(args, m, scratch);
      for (let unit = begin; unit < end; unit++)
        strip(args, m, base, unit * width, min(width, columns - unit * width), scratch);
    }
    return;
  }
  for (let unit = begin; unit < end; unit++) {
    const first = unit * width;
    const count = min(width, columns - first);
    for (let place = from; place < to; place++) {
      const m = rowOf(args, place);
      strip(args, m, matrixOf(args, m), first, count, scratch);
    }
  }
}

/** The row at a place: with experts they come by expert, so that those of one follow each other. */
function rowOf(args: usize, place: i32): i32 {
  if (load<u32>(args, Word.expert) === 0) return place;
  return load<i32>((load<u32>(args, Word.rows) as usize) + ((place as usize) << 2));
}

/** The row of the weight where the matrix of row `m` begins. */
function matrixOf(args: usize, m: i32): i32 {
  const experts = load<u32>(args, Word.expert) as usize;
  if (!experts) return 0;
  const expert = load<i32>(experts + ((m as usize) << 2));
  const slots = load<u32>(args, Word.slots) as usize;
  const slot = slots ? load<i32>(slots + ((expert as usize) << 2)) : expert;
  return slot * load<i32>(args, Word.rowsPerExpert);
}

function isQuantised(args: usize, matrix: usize): bool {
  return load<i32>(args + matrix, Matrix.bits) !== 0;
}

/** Row `m` of x, and of x2, as integers. */
function prepareRow(args: usize, m: i32, scratch: usize): void {
  const eight = load<i32>(args, Word.eight) !== 0;
  if (isQuantised(args, Word.matrix)) {
    const K = load<i32>(args, Word.K);
    const x = (load<u32>(args, Word.x) as usize) + (((m * K) as usize) << 2);
    prepare(args + Word.matrix, x, K, eight, scratch + preparedAt);
  }
  if (isQuantised(args, Word.matrix2)) {
    prepare(args + Word.matrix2, secondOf(args, m), load<i32>(args, Word.K2), eight, secondPrepared(args, scratch));
  }
}

/** Row `m` of x2. */
function secondOf(args: usize, m: i32): usize {
  return (load<u32>(args, Word.x2) as usize) + (((m * load<i32>(args, Word.stride2)) as usize) << 2);
}

function secondPrepared(args: usize, scratch: usize): usize {
  return scratch + preparedAt + (isQuantised(args, Word.matrix) ? preparedBytes(args + Word.matrix) : 0);
}

/**
 * Columns `first` to `first + count` of row `m`, whose matrix begins at row `base` of the weight; the sums of the eight weight
 * rows pass through `sums`.
 */
function strip(args: usize, m: i32, base: i32, first: i32, count: i32, sums: usize): void {
  const gated = load<i32>(args, Word.gated) !== 0;
  const high = gated ? load<i32>(args, Word.columns) + first : first + 4;
  const highCount = gated ? count : count - 4;
  if (isQuantised(args, Word.matrix)) {
    quantisedEight(
      args,
      args + Word.matrix,
      base + first,
      min(4, count),
      base + high,
      highCount,
      sums + preparedAt,
      sums,
      sums + roomAt,
    );
  } else {
    const K = load<i32>(args, Word.K);
    const x = (load<u32>(args, Word.x) as usize) + (((m * K) as usize) << 2);
    const stride = (K as usize) << 2;
    const rows = (load<u32>(args, Word.weight) as usize) + (base as usize) * stride;
    const low = rows + (first as usize) * stride;
    dots(x, low, rows + (high as usize) * stride, stride, K, min(4, count), highCount, sums);
  }
  addBias(args, first, sums);
  addBias(args, high, sums + 16);
  const kind = load<i32>(args, Word.gate);
  if (kind) {
    const low = series(args, kind, first, v128.load(sums));
    if (gated) v128.store(sums, f32x4.mul(low, v128.load(sums, 16)));
    else {
      v128.store(sums, low);
      if (count > 4) v128.store(sums, series(args, kind, first + 4, v128.load(sums, 16)), 16);
    }
  } else {
    activate(args, first, sums);
    activate(args, first + 4, sums + 16);
  }
  addSecond(args, m, first, count, sums);
  finish(args, m, first, count, sums);
}

/** As `dots`, of a quantised matrix, with the numbers of rows. */
function quantisedEight(
  args: usize,
  matrix: usize,
  low: i32,
  lowCount: i32,
  high: i32,
  highCount: i32,
  x: usize,
  sums: usize,
  room: usize,
): void {
  const eight = load<i32>(args, Word.eight) !== 0;
  v128.store(sums, quantisedFour(matrix, low, lowCount, x, eight, room));
  if (highCount > 0) v128.store(sums, quantisedFour(matrix, high, highCount, x, eight, room), 16);
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

/** S(z) of the columns from `first` on. */
function series(args: usize, kind: i32, first: i32, z: v128): v128 {
  const scale = load<u32>(args, Word.scale) as usize;
  const offset = load<u32>(args, Word.offset) as usize;
  return seriesVector(kind, z, scale, offset, load<i32>(args, Word.columns), first, load<i32>(args, Word.branches));
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
  const second = sums + 32;
  if (isQuantised(args, Word.matrix2)) {
    const x2 = secondPrepared(args, sums);
    quantisedEight(args, args + Word.matrix2, first, min(4, count), first + 4, count - 4, x2, second, sums + roomAt);
  } else {
    const K2 = load<i32>(args, Word.K2);
    const stride = (K2 as usize) << 2;
    const rows = weight2 + (first as usize) * stride;
    dots(secondOf(args, m), rows, rows + 4 * stride, stride, K2, min(4, count), count - 4, second);
  }
  v128.store(sums, f32x4.add(v128.load(sums), v128.load(second)));
  v128.store(sums, f32x4.add(v128.load(sums, 16), v128.load(second, 16)), 16);
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
