/**
 * Attention of a block of query rows, out = softmax(q·kᵀ / √D + mask) · v, with the online softmax, so that no matrix of all
 * scores exists. It serves the sequences of a training step, which also keep the log-sum-exp of each row, and the rows of a
 * prompt over the KV cache. Source: FlashAttention (2205.14135).
 *
 * A unit is (sequence, query head, block of rows): it packs the keys and values that its rows see once, a stretch at
 * a time, and takes strip after strip of eight queries past them (strip.ts). A row that sees nothing is zero.
 */
import { logarithm } from './logarithm';
import { ln2, log2e, powersOfTwo } from './power-of-two';
import { packLeft, packLeftRows, packTransposed } from './product';
import {
  addWeighted,
  boundsBytes,
  endOf,
  firstOf,
  hideUnseen,
  keyBounds,
  scaleLanes,
  scoresOf,
  stretchOf,
  stripRows,
  unpack,
} from './strip';

/** Words of the arguments; `src/cpu/operations/attention.ts` writes them. */
namespace Word {
  /** The first query, key and value of the first head. */
  export const query: usize = 0;
  export const key: usize = 4;
  export const value: usize = 8;
  /** [M, H·D]. */
  export const out: usize = 12;
  /** [M, H] or 0. */
  export const logSumExp: usize = 16;
  /** u32[4]: position of the first row, valid rows, prefix length. */
  export const cursor: usize = 20;
  /** Elements between rows. */
  export const strideQuery: usize = 24;
  export const strideKey: usize = 28;
  /** T: query rows of a sequence. */
  export const rows: usize = 32;
  export const H: usize = 36;
  export const G: usize = 40;
  export const D: usize = 44;
  /** Whether keys of the prefix are seen by all. */
  export const prefix: usize = 48;
  export const window: usize = 52;
  export const blockRows: usize = 56;
  /** Rows of the cache; 0 where a sequence has as many keys as queries. */
  export const capacity: usize = 60;
}

/**
 * A strip: bounds, largest score, total and shrinking factor of each lane, queries [D][8], sums [D rounded up to 4][8]. Scores
 * are logarithms to the base 2.
 */
const largestAt: usize = boundsBytes;
const totalAt: usize = boundsBytes + 32;
const shrinkAt: usize = boundsBytes + 64;
const queriesAt: usize = boundsBytes + 96;

/** Numbers in a packed panel of keys or values: 128 KiB. */
const panelNumbers: i32 = 32768;

/** Below every score, and finite: what has seen nothing yet is worth e^−∞ of what it sees. */
const lowest: f32 = -3.4028235e38;

export function attention(args: usize, begin: i32, end: i32, scratch: usize): void {
  const T = load<i32>(args, Word.rows);
  const H = load<i32>(args, Word.H);
  const rows = load<i32>(args, Word.blockRows);
  const blocks = (T + rows - 1) / rows;
  for (let unit = begin; unit < end; unit++) {
    const place = unit / blocks;
    const first = (unit % blocks) * rows;
    block(args, place / H, place % H, first, min(first + rows, T), scratch);
  }
}

function block(args: usize, sequence: i32, head: i32, firstRow: i32, endRow: i32, scratch: usize): void {
  const T = load<i32>(args, Word.rows);
  const D = load<i32>(args, Word.D);
  const strideKey = load<i32>(args, Word.strideKey);
  const group = (head * load<i32>(args, Word.G)) / load<i32>(args, Word.H);
  const place = ((sequence * T * strideKey + group * D) as usize) << 2;
  const key = (load<u32>(args, Word.key) as usize) + place;
  const value = (load<u32>(args, Word.value) as usize) + place;

  const across = (D + 3) & ~3;
  const most = stretchOf(D, panelNumbers);
  const keys = scratch;
  const values = keys + (((most * D) as usize) << 2);
  const scores = values + (((most * across) as usize) << 2);
  const strips = scores + ((most as usize) << 5);
  const stripBytes = queriesAt + (((D + across) as usize) << 5);
  const endStrip = openStrips(args, sequence, head, firstRow, endRow, strips, stripBytes);

  const end = endOf(endStrip - stripBytes);
  for (let start = firstOf(strips); start < end; start += most) {
    const count = min(most, end - start);
    packLeftRows(key, strideKey, start, start + count, 0, D, keys);
    packLeft(value, strideKey, 0, D, start, count, values);
    for (let strip = strips; strip < endStrip; strip += stripBytes) {
      const from = max(0, firstOf(strip) - start);
      const to = min(count, endOf(strip) - start);
      if (from >= to) continue;
      const sums = strip + queriesAt + ((D as usize) << 5);
      scoresOf(keys, strip + queriesAt, D, from, to, scores);
      hideUnseen(scores, strip, from, to, start);
      weigh(scores, from, to, strip, sums, D);
      addWeighted(values, count, scores, D, from, to, sums);
    }
  }

  const H = load<i32>(args, Word.H);
  const out = load<u32>(args, Word.out) as usize;
  const logSumExp = load<u32>(args, Word.logSumExp) as usize;
  for (let row = firstRow, strip = strips; row < endRow; row += stripRows, strip += stripBytes) {
    const width = min(stripRows, endRow - row);
    const first = (sequence * T + row) * H + head;
    const sums = strip + queriesAt + ((D as usize) << 5);
    scaleLanes(sums, D, inverse(v128.load(strip, totalAt)), inverse(v128.load(strip, totalAt + 16)));
    unpack(sums, D, width, out + (((first * D) as usize) << 2), ((H * D) as usize) << 2);
    if (logSumExp) writeLogSumExp(strip, width, logSumExp + ((first as usize) << 2), (H as usize) << 2);
  }
}

/** Packs the queries of each strip, times log2 e / √D; returns the end of the strips. */
function openStrips(
  args: usize,
  sequence: i32,
  head: i32,
  firstRow: i32,
  endRow: i32,
  strips: usize,
  stripBytes: usize,
): usize {
  const T = load<i32>(args, Word.rows);
  const D = load<i32>(args, Word.D);
  const stride = load<i32>(args, Word.strideQuery);
  const query = (load<u32>(args, Word.query) as usize) + (((sequence * T * stride + head * D) as usize) << 2);
  const cursor = load<u32>(args, Word.cursor) as usize;
  const capacity = load<i32>(args, Word.capacity);
  const position = capacity ? load<i32>(cursor) : 0;
  const written = capacity ? min(position + load<i32>(cursor, 4), capacity) : T;
  const prefix = load<i32>(args, Word.prefix) ? min<u32>(load<u32>(cursor, 8), written) : 0;
  const scale = f32x4.splat(log2e / sqrt<f32>(D as f32));
  let strip = strips;
  for (let row = firstRow; row < endRow; row += stripRows) {
    keyBounds(strip, position + row, position + endRow - 1, written, prefix, load<i32>(args, Word.window));
    for (let half: usize = 0; half < 32; half += 16) {
      v128.store(strip + half, f32x4.splat(lowest), largestAt);
      v128.store(strip + half, f32x4.splat(0), totalAt);
    }
    const queries = strip + queriesAt;
    packTransposed(query + (((row * stride) as usize) << 2), stride, min(stripRows, endRow - row), D, queries);
    scaleLanes(queries, D, scale, scale);
    const sums = queries + ((D as usize) << 5);
    strip += stripBytes;
    memory.fill(sums, 0, strip - sums);
  }
  return strip;
}

/** Scores become weights relative to the largest so far; total and sums shrink to it. */
function weigh(scores: usize, from: i32, to: i32, strip: usize, sums: usize, D: i32): void {
  const end = scores + ((to as usize) << 5);
  for (let half: usize = 0; half < 32; half += 16) {
    const first = scores + ((from as usize) << 5) + half;
    const lanes = strip + half;
    const before = v128.load(lanes, largestAt);
    let largest = before;
    for (let score = first; score < end; score += 32) largest = f32x4.pmax(v128.load(score), largest);
    v128.store(lanes, largest, largestAt);
    v128.store(lanes, before, shrinkAt);
    const shrink = powersOfTwo(lanes + shrinkAt, lanes + shrinkAt + 16, 16, largest);
    const total = powersOfTwo(first, end, 32, largest);
    v128.store(lanes, f32x4.add(f32x4.mul(v128.load(lanes, totalAt), shrink), total), totalAt);
  }
  scaleLanes(sums, D, v128.load(strip, shrinkAt), v128.load(strip, shrinkAt + 16));
}

/** 1 / total, 0 for a lane that has seen nothing. */
function inverse(total: v128): v128 {
  return v128.andnot(f32x4.div(f32x4.splat(1), total), f32x4.eq(total, f32x4.splat(0)));
}

function writeLogSumExp(strip: usize, width: i32, target: usize, stride: usize): void {
  for (let lane = 0; lane < width; lane++) {
    const place = strip + ((lane as usize) << 2);
    const total = logarithm(load<f32>(place, totalAt) as f64);
    store<f32>(target, ((load<f32>(place, largestAt) as f64) * ln2 + total) as f32);
    target += stride;
  }
}
