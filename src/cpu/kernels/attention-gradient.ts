/**
 * The gradients of a training step's attention, from the log-sum-exp L that it kept: with P = exp(score − L) and
 * dP = gradient · v, the scores have the gradient dS = P · (dP − delta), delta = Σ_d gradient · out; a query gets
 * Σ_j dS · k_j / √D, a key Σ_t dS · q_t / √D, a value Σ_t P · gradient_t. Source: FlashAttention (2205.14135).
 *
 * A unit of the queries is (sequence, query head, block of rows) with the queries in strips and the keys streaming by; one
 * of the keys is (sequence, KV head, block of rows) the other way round, over the query heads of its group in order, so that
 * no two units add to the same sum (strip.ts).
 */
import { log2e, powersOfTwo } from './power-of-two';
import { packLeft, packLeftRows, packTransposed } from './product';
import {
  addWeighted,
  boundsBytes,
  endOf,
  firstOf,
  hideUnseen,
  keyBounds,
  queryBounds,
  scaleLanes,
  scoresOf,
  stretchOf,
  stripRows,
  unpack,
} from './strip';

/** Words of the arguments; `src/cpu/operations/self-attention.ts` writes them. */
namespace Word {
  /** [M, (H+2G)·D], as `headsGradient`. */
  export const heads: usize = 0;
  /** [M, H·D], as `out`. */
  export const gradient: usize = 4;
  /** [M, H, 2]: L and delta. */
  export const statistics: usize = 8;
  export const headsGradient: usize = 12;
  /** u32[4], the third is the prefix length. */
  export const cursor: usize = 16;
  export const T: usize = 20;
  export const H: usize = 24;
  export const G: usize = 28;
  export const D: usize = 32;
  /** Whether keys of the prefix are seen by all. */
  export const prefix: usize = 36;
  export const window: usize = 40;
  export const blockRows: usize = 44;
  /** Of the queries' gradient alone. */
  export const out: usize = 48;
  /** [M, H]. */
  export const logSumExp: usize = 52;
}

/** Numbers in a packed panel: 64 KiB, of which the keys' gradient has four. */
const panelNumbers: i32 = 16384;

/** A strip of queries: bounds, L (to the base 2, as scores are) and delta of each lane, queries and gradient [D][8], sums [D rounded up to 4][8]. */
const logSumExpAt: usize = boundsBytes;
const deltaAt: usize = boundsBytes + 32;
const queriesAt: usize = boundsBytes + 64;

/** A strip of keys: bounds, keys and values [D][8], their sums [D rounded up to 4][8]. */
const keysAt: usize = boundsBytes;

export function attentionQueryGradient(args: usize, begin: i32, end: i32, scratch: usize): void {
  const T = load<i32>(args, Word.T);
  const H = load<i32>(args, Word.H);
  const rows = load<i32>(args, Word.blockRows);
  const blocks = (T + rows - 1) / rows;
  for (let unit = begin; unit < end; unit++) {
    const place = unit / blocks;
    const first = (unit % blocks) * rows;
    queryBlock(args, place / H, place % H, first, min(first + rows, T), scratch);
  }
}

export function attentionKeyGradient(args: usize, begin: i32, end: i32, scratch: usize): void {
  const T = load<i32>(args, Word.T);
  const G = load<i32>(args, Word.G);
  const rows = load<i32>(args, Word.blockRows);
  const blocks = (T + rows - 1) / rows;
  for (let unit = begin; unit < end; unit++) {
    const place = unit / blocks;
    const first = (unit % blocks) * rows;
    keyBlock(args, place / G, place % G, first, min(first + rows, T), scratch);
  }
}

function queryBlock(args: usize, sequence: i32, head: i32, firstRow: i32, endRow: i32, scratch: usize): void {
  const H = load<i32>(args, Word.H);
  const G = load<i32>(args, Word.G);
  const D = load<i32>(args, Word.D);
  const stride = (H + 2 * G) * D;
  const first = sequence * load<i32>(args, Word.T);
  const heads = (load<u32>(args, Word.heads) as usize) + (((first * stride) as usize) << 2);
  const group = (head * G) / H;
  const key = heads + ((((H + group) * D) as usize) << 2);
  const value = key + (((G * D) as usize) << 2);

  const across = (D + 3) & ~3;
  const most = stretchOf(D, panelNumbers);
  const keys = scratch;
  const keyColumns = keys + (((most * D) as usize) << 2);
  const values = keyColumns + (((most * across) as usize) << 2);
  const scores = values + (((most * D) as usize) << 2);
  const slopes = scores + ((most as usize) << 5);
  const strips = slopes + ((most as usize) << 5);
  const sumsAt = queriesAt + (((2 * D) as usize) << 5);
  const stripBytes = sumsAt + ((across as usize) << 5);
  const query = heads + (((head * D) as usize) << 2);
  const endStrip = openQueries(args, first, head, query, stride, firstRow, endRow, strips, stripBytes);

  const end = endOf(endStrip - stripBytes);
  for (let start = firstOf(strips); start < end; start += most) {
    const count = min(most, end - start);
    packLeftRows(key, stride, start, start + count, 0, D, keys);
    packLeft(key, stride, 0, D, start, count, keyColumns);
    packLeftRows(value, stride, start, start + count, 0, D, values);
    for (let strip = strips; strip < endStrip; strip += stripBytes) {
      const from = max(0, firstOf(strip) - start);
      const to = min(count, endOf(strip) - start);
      if (from >= to) continue;
      const queries = strip + queriesAt;
      scoresOf(keys, queries, D, from, to, scores);
      hideUnseen(scores, strip, from, to, start);
      scoresOf(values, queries + ((D as usize) << 5), D, from, to, slopes);
      slopesOfQueries(scores, slopes, from, to, strip);
      addWeighted(keyColumns, count, slopes, D, from, to, strip + sumsAt);
    }
  }

  const scale = rootScale(D);
  const target = load<u32>(args, Word.headsGradient) as usize;
  for (let row = firstRow, strip = strips; row < endRow; row += stripRows, strip += stripBytes) {
    const place = (((first + row) * stride + head * D) as usize) << 2;
    scaleLanes(strip + sumsAt, D, scale, scale);
    unpack(strip + sumsAt, D, min(stripRows, endRow - row), target + place, (stride as usize) << 2);
  }
}

/** Packs queries (times log2 e / √D) and gradient of each strip and writes the statistics; returns the end of the strips. */
function openQueries(
  args: usize,
  first: i32,
  head: i32,
  query: usize,
  stride: i32,
  firstRow: i32,
  endRow: i32,
  strips: usize,
  stripBytes: usize,
): usize {
  const T = load<i32>(args, Word.T);
  const H = load<i32>(args, Word.H);
  const D = load<i32>(args, Word.D);
  const scale = f32x4.mul(rootScale(D), f32x4.splat(log2e));
  const prefix = prefixOf(args);
  const panelBytes = (D as usize) << 5;
  let strip = strips;
  for (let row = firstRow; row < endRow; row += stripRows) {
    const width = min(stripRows, endRow - row);
    keyBounds(strip, row, endRow - 1, T, prefix, load<i32>(args, Word.window));
    const queries = strip + queriesAt;
    packTransposed(query + (((row * stride) as usize) << 2), stride, width, D, queries);
    scaleLanes(queries, D, scale, scale);
    const own = (first + row) * H + head;
    const place = ((own * D) as usize) << 2;
    const gradient = queries + panelBytes;
    packTransposed((load<u32>(args, Word.gradient) as usize) + place, H * D, width, D, gradient);
    // The sums are not begun: `out` stands there until delta is known.
    const sums = gradient + panelBytes;
    packTransposed((load<u32>(args, Word.out) as usize) + place, H * D, width, D, sums);
    products(gradient, sums, D, strip + deltaAt);
    for (let lane = 0; lane < stripRows; lane++) {
      const at = strip + ((lane as usize) << 2);
      const entry = own + lane * H;
      const logSumExp = (load<u32>(args, Word.logSumExp) as usize) + ((entry as usize) << 2);
      const value: f32 = lane < width ? load<f32>(logSumExp) : 0;
      store<f32>(at, value * log2e, logSumExpAt);
      if (lane >= width) continue;
      const statistics = (load<u32>(args, Word.statistics) as usize) + ((entry as usize) << 3);
      store<f32>(statistics, value);
      store<f32>(statistics, load<f32>(at, deltaAt), 4);
    }
    strip += stripBytes;
    memory.fill(sums, 0, strip - sums);
  }
  return strip;
}

/** total[8] = Σ_d a[d][8] · b[d][8]. */
function products(a: usize, b: usize, D: i32, total: usize): void {
  let left = f32x4.splat(0);
  let right = left;
  const end = a + ((D as usize) << 5);
  while (a < end) {
    left = f32x4.add(left, f32x4.mul(v128.load(a), v128.load(b)));
    right = f32x4.add(right, f32x4.mul(v128.load(a, 16), v128.load(b, 16)));
    a += 32;
    b += 32;
  }
  v128.store(total, left);
  v128.store(total, right, 16);
}

/** dP becomes dS; lanes are queries. */
function slopesOfQueries(scores: usize, slopes: usize, from: i32, to: i32, strip: usize): void {
  for (let half: usize = 0; half < 32; half += 16) {
    const end = scores + ((to as usize) << 5);
    const first = scores + ((from as usize) << 5) + half;
    powersOfTwo(first, end, 32, v128.load(strip + half, logSumExpAt));
    const delta = v128.load(strip + half, deltaAt);
    let slope = slopes + ((from as usize) << 5) + half;
    for (let weight = first; weight < end; weight += 32) {
      v128.store(slope, f32x4.mul(v128.load(weight), f32x4.sub(v128.load(slope), delta)));
      slope += 32;
    }
  }
}

function keyBlock(args: usize, sequence: i32, group: i32, firstRow: i32, endRow: i32, scratch: usize): void {
  const T = load<i32>(args, Word.T);
  const H = load<i32>(args, Word.H);
  const G = load<i32>(args, Word.G);
  const D = load<i32>(args, Word.D);
  const stride = (H + 2 * G) * D;
  const first = sequence * T;
  const heads = (load<u32>(args, Word.heads) as usize) + (((first * stride) as usize) << 2);
  const keyColumn = (H + group) * D;

  const across = (D + 3) & ~3;
  const most = stretchOf(D, panelNumbers);
  const queries = scratch;
  const queryColumns = queries + (((most * D) as usize) << 2);
  const gradients = queryColumns + (((most * across) as usize) << 2);
  const gradientColumns = gradients + (((most * D) as usize) << 2);
  const scores = gradientColumns + (((most * across) as usize) << 2);
  const slopes = scores + ((most as usize) << 5);
  const strips = slopes + ((most as usize) << 5);
  const panelBytes = (D as usize) << 5;
  const sumsBytes = (across as usize) << 5;
  const sumsAt = keysAt + 2 * panelBytes;
  const stripBytes = sumsAt + 2 * sumsBytes;
  const key = heads + ((keyColumn as usize) << 2);
  const endStrip = openKeys(args, key, stride, firstRow, endRow, strips, stripBytes);

  const begin = firstOf(strips);
  const end = endOf(endStrip - stripBytes);
  const endHead = ((group + 1) * H) / G;
  for (let head = (group * H) / G; head < endHead; head++) {
    const query = heads + (((head * D) as usize) << 2);
    const own = first * H + head;
    const gradient = (load<u32>(args, Word.gradient) as usize) + (((own * D) as usize) << 2);
    const statistics = (load<u32>(args, Word.statistics) as usize) + ((own as usize) << 3);
    for (let start = begin; start < end; start += most) {
      const count = min(most, end - start);
      packLeftRows(query, stride, start, start + count, 0, D, queries);
      packLeft(query, stride, 0, D, start, count, queryColumns);
      packLeftRows(gradient, H * D, start, start + count, 0, D, gradients);
      packLeft(gradient, H * D, 0, D, start, count, gradientColumns);
      const row = statistics + (((start * H) as usize) << 3);
      for (let strip = strips; strip < endStrip; strip += stripBytes) {
        const from = max(0, firstOf(strip) - start);
        const to = min(count, endOf(strip) - start);
        if (from >= to) continue;
        const sums = strip + sumsAt;
        scoresOf(queries, strip + keysAt, D, from, to, scores);
        hideUnseen(scores, strip, from, to, start);
        scoresOf(gradients, strip + keysAt + panelBytes, D, from, to, slopes);
        slopesOfKeys(scores, slopes, from, to, row, (H as usize) << 3);
        addWeighted(queryColumns, count, slopes, D, from, to, sums);
        addWeighted(gradientColumns, count, scores, D, from, to, sums + sumsBytes);
      }
    }
  }

  const scale = rootScale(D);
  const target = load<u32>(args, Word.headsGradient) as usize;
  for (let row = firstRow, strip = strips; row < endRow; row += stripRows, strip += stripBytes) {
    const width = min(stripRows, endRow - row);
    const place = target + ((((first + row) * stride + keyColumn) as usize) << 2);
    scaleLanes(strip + sumsAt, D, scale, scale);
    unpack(strip + sumsAt, D, width, place, (stride as usize) << 2);
    unpack(strip + sumsAt + sumsBytes, D, width, place + (((G * D) as usize) << 2), (stride as usize) << 2);
  }
}

/** Packs keys (times log2 e / √D) and values of each strip; returns the end of the strips. */
function openKeys(
  args: usize,
  key: usize,
  stride: i32,
  firstRow: i32,
  endRow: i32,
  strips: usize,
  stripBytes: usize,
): usize {
  const D = load<i32>(args, Word.D);
  const value = key + (((load<i32>(args, Word.G) * D) as usize) << 2);
  const scale = f32x4.mul(rootScale(D), f32x4.splat(log2e));
  const prefix = prefixOf(args);
  let strip = strips;
  for (let row = firstRow; row < endRow; row += stripRows) {
    const width = min(stripRows, endRow - row);
    const place = ((row * stride) as usize) << 2;
    queryBounds(strip, row, load<i32>(args, Word.T), prefix, load<i32>(args, Word.window));
    const keys = strip + keysAt;
    packTransposed(key + place, stride, width, D, keys);
    scaleLanes(keys, D, scale, scale);
    const values = keys + ((D as usize) << 5);
    packTransposed(value + place, stride, width, D, values);
    const sums = values + ((D as usize) << 5);
    strip += stripBytes;
    memory.fill(sums, 0, strip - sums);
  }
  return strip;
}

/** Scores become P and dP becomes dS; lanes are keys, `statistics` those of the stretch's first query. */
function slopesOfKeys(scores: usize, slopes: usize, from: i32, to: i32, statistics: usize, stride: usize): void {
  const first = scores + ((from as usize) << 5);
  const end = scores + ((to as usize) << 5);
  const ofFirst = statistics + (from as usize) * stride;
  let row = ofFirst;
  for (let score = first; score < end; score += 32) {
    const logSumExp = f32x4.mul(v128.load32_splat(row), f32x4.splat(log2e));
    v128.store(score, f32x4.sub(v128.load(score), logSumExp));
    v128.store(score, f32x4.sub(v128.load(score, 16), logSumExp), 16);
    row += stride;
  }
  powersOfTwo(first, end, 16, f32x4.splat(0));
  row = ofFirst;
  let slope = slopes + ((from as usize) << 5);
  for (let weight = first; weight < end; weight += 32) {
    const delta = v128.load32_splat(row, 4);
    v128.store(slope, f32x4.mul(v128.load(weight), f32x4.sub(v128.load(slope), delta)));
    v128.store(slope, f32x4.mul(v128.load(weight, 16), f32x4.sub(v128.load(slope, 16), delta)), 16);
    slope += 32;
    row += stride;
  }
}

function prefixOf(args: usize): i32 {
  const cursor = load<u32>(args, Word.cursor) as usize;
  return load<i32>(args, Word.prefix) ? min<u32>(load<u32>(cursor, 8), load<u32>(args, Word.T)) : 0;
}

/** 1 / √D in all lanes. */
function rootScale(D: i32): v128 {
  return f32x4.splat(1 / sqrt<f32>(D as f32));
}
