/**
 * The attention of one decoded token, in two commands: `turnToken` turns query and new key to the position and writes key and
 * value into the cache; `attendToken` lets every head look at the rows that the mask shows,
 * out = softmax(q·kᵀ / √D) · v. Without `out` the weights themselves are the result, for the page to draw.
 *
 * A unit of `turnToken` is all heads, which share their angles and are too few to share out; one of `attendToken` is a query
 * head. The heads of a claim walk down the cache [S,G·D] together, four rows at a time, so that it is read in the order in which
 * it lies in memory. A position past the cache stands at its last row.
 */
import { turnsOf } from './angle';
import { loadFirst, storeFirst, sumOfLanes } from './lanes';
import { log2e, powersOfTwo } from './power-of-two';
import { turnHeads } from './rotate';
import { copyRow } from './rows';

/** Words of the arguments; `src/cpu/operations/attention-token.ts` writes them. */
namespace Turn {
  export const H: usize = 0;
  export const G: usize = 4;
  export const D: usize = 8;
  export const S: usize = 12;
  export const query: usize = 16;
  /** 0 where the cache has key and value already. */
  export const key: usize = 20;
  export const value: usize = 24;
  /** u32[4]: position of the token, 1, prefix length. */
  export const cursor: usize = 28;
  export const keyCache: usize = 32;
  export const valueCache: usize = 36;
  /** [H·D], times log2 e / √D: what `attendToken` takes. */
  export const turned: usize = 40;
  export const rotate: usize = 44;
  /** A float64: pair j turns by position · 2^(−j · step). */
  export const step: usize = 48;
}

namespace Attend {
  export const H: usize = 0;
  export const G: usize = 4;
  export const D: usize = 8;
  export const S: usize = 12;
  export const query: usize = 16;
  export const cursor: usize = 20;
  export const keyCache: usize = 24;
  export const valueCache: usize = 28;
  /** [H, S]. */
  export const weights: usize = 32;
  /** [H·D] or 0. */
  export const out: usize = 36;
  /** Whether keys of the prefix are seen by all. */
  export const prefix: usize = 40;
  export const window: usize = 44;
}

export function turnToken(args: usize, _begin: i32, _end: i32, scratch: usize): void {
  const H = load<i32>(args, Turn.H);
  const G = load<i32>(args, Turn.G);
  const D = load<i32>(args, Turn.D);
  const position = positionOf(load<u32>(args, Turn.cursor) as usize, load<u32>(args, Turn.S));
  const turns = load<i32>(args, Turn.rotate) !== 0 ? scratch : 0;
  if (turns) turnsOf(position, D >> 1, load<f64>(args, Turn.step), turns);
  const turned = load<u32>(args, Turn.turned) as usize;
  turnHeads(load<u32>(args, Turn.query), turned, H, D, turns, 1);
  scaleRow(turned, H * D, log2e / sqrt<f32>(D as f32));
  const key = load<u32>(args, Turn.key) as usize;
  if (!key) return;
  const row = ((position * G * D) as usize) << 2;
  turnHeads(key, (load<u32>(args, Turn.keyCache) as usize) + row, G, D, turns, 1);
  copyRow((load<u32>(args, Turn.valueCache) as usize) + row, load<u32>(args, Turn.value), G * D);
}

export function attendToken(args: usize, begin: i32, end: i32, scratch: usize): void {
  const D = load<i32>(args, Attend.D);
  const S = load<i32>(args, Attend.S);
  const cursor = load<u32>(args, Attend.cursor) as usize;
  const position = positionOf(cursor, S);
  const prefix = load<i32>(args, Attend.prefix) ? (min<u32>(load<u32>(cursor, 8), S) as i32) : 0;
  const first = max(0, position - load<i32>(args, Attend.window) + 1);
  const count = max(position + 1, prefix) - first;
  const out = load<u32>(args, Attend.out) as usize;
  const weights = (load<u32>(args, Attend.weights) as usize) + (out ? 0 : (first as usize) << 2);
  writeScores(args, begin, end, first, count, weights);
  for (let head = begin; head < end; head++) {
    const seen = weights + (((head * S) as usize) << 2);
    const total = weigh(seen, count, scratch);
    scaleRow(seen, count, 1 / total);
    if (out) continue;
    memory.fill(seen - ((first as usize) << 2), 0, (first as usize) << 2);
    memory.fill(seen + ((count as usize) << 2), 0, ((S - first - count) as usize) << 2);
  }
  if (!out) return;
  memory.fill(out + (((begin * D) as usize) << 2), 0, (((end - begin) * D) as usize) << 2);
  addValues(args, begin, end, first, count, weights);
}

function positionOf(cursor: usize, S: u32): i32 {
  return min<u32>(load<u32>(cursor), S - 1) as i32;
}

function scaleRow(x: usize, count: i32, scale: f32): void {
  const scales = f32x4.splat(scale);
  const endFour = x + (((count & ~3) as usize) << 2);
  const end = x + ((count as usize) << 2);
  for (; x < endFour; x += 16) v128.store(x, f32x4.mul(v128.load(x), scales));
  for (; x < end; x += 4) store<f32>(x, load<f32>(x) * scale);
}

/** weights[head][j] = q · k_j for the `count` rows from `first`. */
function writeScores(args: usize, begin: i32, end: i32, first: i32, count: i32, weights: usize): void {
  const D = load<i32>(args, Attend.D);
  const S = load<i32>(args, Attend.S);
  const shared = load<i32>(args, Attend.H) / load<i32>(args, Attend.G);
  const stride = ((load<i32>(args, Attend.G) * D) as usize) << 2;
  const cache = (load<u32>(args, Attend.keyCache) as usize) + (first as usize) * stride;
  const headBytes = (D as usize) << 2;
  const scoresBytes = (S as usize) << 2;
  const queries = (load<u32>(args, Attend.query) as usize) + (begin as usize) * headBytes;
  const last = count - 1;
  for (let j = 0; j < count; j += 4) {
    // Past the last row stand copies of it, whose scores are not kept.
    const r1 = (min(1, last - j) as usize) * stride;
    const r2 = (min(2, last - j) as usize) * stride;
    const r3 = (min(3, last - j) as usize) * stride;
    let query = queries;
    let key = cache + (j as usize) * stride + ((begin / shared) as usize) * headBytes;
    let score = weights + (begin as usize) * scoresBytes + ((j as usize) << 2);
    let others = shared - 1 - (begin % shared);
    for (let head = begin; head < end; head++) {
      storeFirst(score, fourScores(query, key, key + r1, key + r2, key + r3, D), count - j);
      query += headBytes;
      score += scoresBytes;
      // The next head reads the same key, or the next one.
      if (others === 0) key += headBytes;
      others = others === 0 ? shared - 1 : others - 1;
    }
  }
}

function fourScores(query: usize, k0: usize, k1: usize, k2: usize, k3: usize, D: i32): v128 {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  const end = query + (((D & ~3) as usize) << 2);
  while (query < end) {
    const q = v128.load(query);
    s0 = f32x4.add(s0, f32x4.mul(q, v128.load(k0)));
    s1 = f32x4.add(s1, f32x4.mul(q, v128.load(k1)));
    s2 = f32x4.add(s2, f32x4.mul(q, v128.load(k2)));
    s3 = f32x4.add(s3, f32x4.mul(q, v128.load(k3)));
    query += 16;
    k0 += 16;
    k1 += 16;
    k2 += 16;
    k3 += 16;
  }
  // D is even: two are left, or none.
  if (D & 2) {
    const q = v128.load64_zero(query);
    s0 = f32x4.add(s0, f32x4.mul(q, v128.load64_zero(k0)));
    s1 = f32x4.add(s1, f32x4.mul(q, v128.load64_zero(k1)));
    s2 = f32x4.add(s2, f32x4.mul(q, v128.load64_zero(k2)));
    s3 = f32x4.add(s3, f32x4.mul(q, v128.load64_zero(k3)));
  }
  const first = f32x4.add(v128.shuffle<f32>(s0, s1, 0, 4, 1, 5), v128.shuffle<f32>(s0, s1, 2, 6, 3, 7));
  const second = f32x4.add(v128.shuffle<f32>(s2, s3, 0, 4, 1, 5), v128.shuffle<f32>(s2, s3, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f64>(first, second, 0, 2), v128.shuffle<f64>(first, second, 1, 3));
}

/** Scores to the base 2 become weights relative to the largest; returns their total. `rest` is scratch for a vector. */
function weigh(scores: usize, count: i32, rest: usize): f32 {
  const endFour = scores + (((count & ~3) as usize) << 2);
  const tail = count & 3;
  v128.store(rest, f32x4.splat(-Infinity as f32));
  if (tail) memory.copy(rest, endFour, (tail as usize) << 2);
  let largest = v128.load(rest);
  for (let score = scores; score < endFour; score += 16) largest = f32x4.pmax(v128.load(score), largest);
  largest = f32x4.pmax(largest, v128.shuffle<f64>(largest, largest, 1, 0));
  largest = f32x4.pmax(largest, v128.shuffle<f32>(largest, largest, 1, 0, 3, 2));
  const totals = f32x4.add(powersOfTwo(scores, endFour, 16, largest), powersOfTwo(rest, rest + 16, 16, largest));
  if (tail) memory.copy(endFour, rest, (tail as usize) << 2);
  return sumOfLanes(totals);
}

/** out[head] += Σ_j weights[head][j] · v_j. */
function addValues(args: usize, begin: i32, end: i32, first: i32, count: i32, weights: usize): void {
  const D = load<i32>(args, Attend.D);
  const S = load<i32>(args, Attend.S);
  const shared = load<i32>(args, Attend.H) / load<i32>(args, Attend.G);
  const stride = ((load<i32>(args, Attend.G) * D) as usize) << 2;
  const cache = (load<u32>(args, Attend.valueCache) as usize) + (first as usize) * stride;
  const headBytes = (D as usize) << 2;
  const weightsBytes = (S as usize) << 2;
  const out = (load<u32>(args, Attend.out) as usize) + (begin as usize) * headBytes;
  const last = count - 1;
  for (let j = 0; j < count; j += 4) {
    // Past the last row stand copies of it, which weigh nothing.
    const r1 = (min(1, last - j) as usize) * stride;
    const r2 = (min(2, last - j) as usize) * stride;
    const r3 = (min(3, last - j) as usize) * stride;
    let sums = out;
    let value = cache + (j as usize) * stride + ((begin / shared) as usize) * headBytes;
    let weight = weights + (begin as usize) * weightsBytes + ((j as usize) << 2);
    let others = shared - 1 - (begin % shared);
    for (let head = begin; head < end; head++) {
      addFour(sums, loadFirst(weight, count - j), value, value + r1, value + r2, value + r3, D);
      sums += headBytes;
      weight += weightsBytes;
      if (others === 0) value += headBytes;
      others = others === 0 ? shared - 1 : others - 1;
    }
  }
}

function addFour(sums: usize, weights: v128, v0: usize, v1: usize, v2: usize, v3: usize, D: i32): void {
  const w0 = v128.shuffle<f32>(weights, weights, 0, 0, 0, 0);
  const w1 = v128.shuffle<f32>(weights, weights, 1, 1, 1, 1);
  const w2 = v128.shuffle<f32>(weights, weights, 2, 2, 2, 2);
  const w3 = v128.shuffle<f32>(weights, weights, 3, 3, 3, 3);
  const end = sums + (((D & ~3) as usize) << 2);
  while (sums < end) {
    const even = f32x4.add(f32x4.mul(w0, v128.load(v0)), f32x4.mul(w1, v128.load(v1)));
    const odd = f32x4.add(f32x4.mul(w2, v128.load(v2)), f32x4.mul(w3, v128.load(v3)));
    v128.store(sums, f32x4.add(v128.load(sums), f32x4.add(even, odd)));
    sums += 16;
    v0 += 16;
    v1 += 16;
    v2 += 16;
    v3 += 16;
  }
  if (D & 2) {
    const even = f32x4.add(f32x4.mul(w0, v128.load64_zero(v0)), f32x4.mul(w1, v128.load64_zero(v1)));
    const odd = f32x4.add(f32x4.mul(w2, v128.load64_zero(v2)), f32x4.mul(w3, v128.load64_zero(v3)));
    const sum = f32x4.add(v128.load64_zero(sums), f32x4.add(even, odd));
    v128.store64_lane(sums, sum, 0);
  }
}
