/**
 * The attention of one decoded token, in two commands: `turnToken` turns query and new key to the position and writes key and
 * value into the cache; `attendToken` lets every head look at the rows that the mask shows,
 * out = softmax(q·kᵀ / √D) · v. Without `out` the weights themselves are the result, for the page to draw.
 *
 * A unit of `turnToken` is all heads, which share their angles and are too few to share out; one of `attendToken` is a query
 * head. The cache [S,G·D] is read once for the scores and once for the sums. A position past the cache stands at its last row.
 */
import { exponential } from './activation';
import { turnsOf } from './angle';
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
  /** [H·D], what `attendToken` takes. */
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
  const G = load<i32>(args, Turn.G);
  const D = load<i32>(args, Turn.D);
  const position = positionOf(load<u32>(args, Turn.cursor) as usize, load<u32>(args, Turn.S));
  const turns = load<i32>(args, Turn.rotate) !== 0 ? scratch : 0;
  if (turns) turnsOf(position, D >> 1, load<f64>(args, Turn.step), turns);
  turnHeads(load<u32>(args, Turn.query), load<u32>(args, Turn.turned), load<i32>(args, Turn.H), D, turns, 1);
  const key = load<u32>(args, Turn.key) as usize;
  if (!key) return;
  const row = ((position * G * D) as usize) << 2;
  turnHeads(key, (load<u32>(args, Turn.keyCache) as usize) + row, G, D, turns, 1);
  copyRow((load<u32>(args, Turn.valueCache) as usize) + row, load<u32>(args, Turn.value), G * D);
}

export function attendToken(args: usize, begin: i32, end: i32, _scratch: usize): void {
  const D = load<i32>(args, Attend.D);
  const H = load<i32>(args, Attend.H);
  const G = load<i32>(args, Attend.G);
  const S = load<i32>(args, Attend.S);
  const cursor = load<u32>(args, Attend.cursor) as usize;
  const position = positionOf(cursor, S);
  const prefix = load<i32>(args, Attend.prefix) ? (min<u32>(load<u32>(cursor, 8), S) as i32) : 0;
  const first = max(0, position - load<i32>(args, Attend.window) + 1);
  const count = max(position + 1, prefix) - first;
  const stride = ((G * D) as usize) << 2;
  const headBytes = (D as usize) << 2;
  const out = load<u32>(args, Attend.out) as usize;
  for (let head = begin; head < end; head++) {
    const place = (first as usize) * stride + (((head * G) / H) as usize) * headBytes;
    const weights = (load<u32>(args, Attend.weights) as usize) + (((head * S) as usize) << 2);
    const seen = out ? weights : weights + ((first as usize) << 2);
    const query = (load<u32>(args, Attend.query) as usize) + (head as usize) * headBytes;
    scoresOf(query, (load<u32>(args, Attend.keyCache) as usize) + place, stride, D, count, seen);
    const total = weigh(seen, count, 1 / sqrt<f32>(D as f32));
    if (out) {
      const values = (load<u32>(args, Attend.valueCache) as usize) + place;
      weightedSum(seen, values, stride, D, count, 1 / total, out + (head as usize) * headBytes);
    } else {
      divide(seen, count, total);
      memory.fill(weights, 0, seen - weights);
      const endSeen = seen + ((count as usize) << 2);
      memory.fill(endSeen, 0, weights + ((S as usize) << 2) - endSeen);
    }
  }
}

function positionOf(cursor: usize, S: u32): i32 {
  return min<u32>(load<u32>(cursor), S - 1) as i32;
}

/** scores[j] = q · k_j for `count` keys, `stride` bytes apart. */
function scoresOf(query: usize, key: usize, stride: usize, D: i32, count: i32, scores: usize): void {
  const endFour = scores + (((count & ~3) as usize) << 2);
  const end = scores + ((count as usize) << 2);
  while (scores < endFour) {
    v128.store(scores, fourScores(query, key, key + stride, key + 2 * stride, key + 3 * stride, D));
    key += 4 * stride;
    scores += 16;
  }
  while (scores < end) {
    store<f32>(scores, f32x4.extract_lane(fourScores(query, key, key, key, key, D), 0));
    key += stride;
    scores += 4;
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

/** Scores times `scale` become weights relative to the largest; returns their total. */
function weigh(scores: usize, count: i32, scale: f32): f32 {
  const endFour = scores + (((count & ~3) as usize) << 2);
  const end = scores + ((count as usize) << 2);
  let largest: f32 = -Infinity as f32;
  let four = f32x4.splat(largest);
  for (let score = scores; score < endFour; score += 16) four = f32x4.max(four, v128.load(score));
  largest = max(
    max(f32x4.extract_lane(four, 0), f32x4.extract_lane(four, 1)),
    max(f32x4.extract_lane(four, 2), f32x4.extract_lane(four, 3)),
  );
  for (let score = endFour; score < end; score += 4) largest = max(largest, load<f32>(score));
  const scales = f32x4.splat(scale);
  four = f32x4.splat(largest);
  let totals = f32x4.splat(0);
  let score = scores;
  for (; score < endFour; score += 16) {
    const weight = exponential(f32x4.mul(f32x4.sub(v128.load(score), four), scales));
    v128.store(score, weight);
    totals = f32x4.add(totals, weight);
  }
  let total =
    f32x4.extract_lane(totals, 0) +
    f32x4.extract_lane(totals, 1) +
    f32x4.extract_lane(totals, 2) +
    f32x4.extract_lane(totals, 3);
  for (; score < end; score += 4) {
    const weight = f32x4.extract_lane(exponential(f32x4.splat((load<f32>(score) - largest) * scale)), 0);
    store<f32>(score, weight);
    total += weight;
  }
  return total;
}

function divide(weights: usize, count: i32, total: f32): void {
  const end = weights + ((count as usize) << 2);
  for (; weights < end; weights += 4) store<f32>(weights, load<f32>(weights) / total);
}

/** out[D] = scale · Σ_j weights[j] · v_j: sixteen columns, a cache line, at a time; even and odd keys in sums of their own. */
function weightedSum(weights: usize, values: usize, stride: usize, D: i32, count: i32, scale: f32, out: usize): void {
  const scales = f32x4.splat(scale);
  let d = 0;
  for (; d + 16 <= D; d += 16) {
    let even0 = f32x4.splat(0);
    let even1 = even0;
    let even2 = even0;
    let even3 = even0;
    let odd0 = even0;
    let odd1 = even0;
    let odd2 = even0;
    let odd3 = even0;
    let value = values;
    for (let j = 0; j + 2 <= count; j += 2) {
      const place = weights + ((j as usize) << 2);
      let weight = v128.load32_splat(place);
      even0 = f32x4.add(even0, f32x4.mul(weight, v128.load(value)));
      even1 = f32x4.add(even1, f32x4.mul(weight, v128.load(value, 16)));
      even2 = f32x4.add(even2, f32x4.mul(weight, v128.load(value, 32)));
      even3 = f32x4.add(even3, f32x4.mul(weight, v128.load(value, 48)));
      weight = v128.load32_splat(place, 4);
      value += stride;
      odd0 = f32x4.add(odd0, f32x4.mul(weight, v128.load(value)));
      odd1 = f32x4.add(odd1, f32x4.mul(weight, v128.load(value, 16)));
      odd2 = f32x4.add(odd2, f32x4.mul(weight, v128.load(value, 32)));
      odd3 = f32x4.add(odd3, f32x4.mul(weight, v128.load(value, 48)));
      value += stride;
    }
    if (count & 1) {
      const weight = v128.load32_splat(weights + (((count - 1) as usize) << 2));
      even0 = f32x4.add(even0, f32x4.mul(weight, v128.load(value)));
      even1 = f32x4.add(even1, f32x4.mul(weight, v128.load(value, 16)));
      even2 = f32x4.add(even2, f32x4.mul(weight, v128.load(value, 32)));
      even3 = f32x4.add(even3, f32x4.mul(weight, v128.load(value, 48)));
    }
    v128.store(out, f32x4.mul(scales, f32x4.add(even0, odd0)));
    v128.store(out, f32x4.mul(scales, f32x4.add(even1, odd1)), 16);
    v128.store(out, f32x4.mul(scales, f32x4.add(even2, odd2)), 32);
    v128.store(out, f32x4.mul(scales, f32x4.add(even3, odd3)), 48);
    values += 64;
    out += 64;
  }
  for (; d + 4 <= D; d += 4) {
    let even = f32x4.splat(0);
    let odd = even;
    let value = values;
    for (let j = 0; j + 2 <= count; j += 2) {
      const place = weights + ((j as usize) << 2);
      even = f32x4.add(even, f32x4.mul(v128.load32_splat(place), v128.load(value)));
      odd = f32x4.add(odd, f32x4.mul(v128.load32_splat(place, 4), v128.load(value + stride)));
      value += 2 * stride;
    }
    if (count & 1) {
      const weight = v128.load32_splat(weights + (((count - 1) as usize) << 2));
      even = f32x4.add(even, f32x4.mul(weight, v128.load(value)));
    }
    v128.store(out, f32x4.mul(scales, f32x4.add(even, odd)));
    values += 16;
    out += 16;
  }
  for (; d < D; d++) {
    let sum: f32 = 0;
    let value = values;
    for (let j = 0; j < count; j++) {
      sum += load<f32>(weights + ((j as usize) << 2)) * load<f32>(value);
      value += stride;
    }
    store<f32>(out, scale * sum);
    values += 4;
    out += 4;
  }
}
