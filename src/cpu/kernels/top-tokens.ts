/**
 * The record of a row of logits (src/gpu/kernels/top-tokens/record.ts): the ten best tokens and the entropy of
 * softmax(logits[V]), ln Σ eʳ − Σ eʳ · r / Σ eʳ with r the distance from the highest logit. A logit that is not a number counts
 * as −1e30, infinities as ±1e30. A unit is a row.
 *
 * The list is kept sorted while the row streams by: a vector is looked at closely only when it beats the tenth, which for
 * logits in any old order happens some ten times ln(V / 10).
 */
import { exponential } from './activation';
import { loadFirst } from './lanes';
import { logarithm } from './logarithm';
import { log2e, powersOfTwo } from './power-of-two';

const recordBytes: usize = 96;
const listed: i32 = 10;

/** Places in a record: id, position, probability, entropy, ten ids, ten probabilities. */
export namespace Record {
  export const id: usize = 0;
  export const position: usize = 4;
  export const probability: usize = 8;
  export const entropy: usize = 12;
  export const ids: usize = 16;
  export const probabilities: usize = 56;
}

/** Scratch that `describe` needs: the ten best logits in full vectors, a vector that is being looked at, and some weights. */
export const listBytes: usize = 1088;
const lookedAt: usize = 48;
const weightsAt: usize = 64;
/** Logits whose weights are summed in f32 before they join a sum in float64. */
const together: i32 = 256;

/** A distance from the highest logit that weighs nothing, unless the temperature is enormous. */
const farthest: f32 = -1e6;

/** Arguments: logits [M,V], records u32[M,24], V. */
export function topTokens(args: usize, begin: i32, end: i32, scratch: usize): void {
  const V = load<i32>(args, 8);
  for (let row = begin; row < end; row++) {
    const record = (load<u32>(args, 4) as usize) + (row as usize) * recordBytes;
    describe((load<u32>(args) as usize) + (((row * V) as usize) << 2), V, record, 0, scratch);
    store<u32>(record, load<u32>(record, Record.ids), Record.id);
    store<u32>(record, load<u32>(record, Record.probabilities), Record.probability);
  }
}

/** Four logits as every kernel reads them: a comparison with NaN is false, which leaves the −1e30. */
export function cleanLogits(logits: v128): v128 {
  return f32x4.pmin(f32x4.pmax(f32x4.splat(-1e30), logits), f32x4.splat(1e30));
}

export function cleanLogit(logit: f32): f32 {
  return f32x4.extract_lane(cleanLogits(f32x4.splat(logit)), 0);
}

/** The exponential of one number. */
export function exponentialOf(x: f32): f32 {
  return f32x4.extract_lane(exponential(f32x4.splat(x)), 0);
}

/**
 * Writes all of a record but its id, position and probability; returns Σ eʳ, and writes each eʳ to `weights`, V and up to three
 * zeros, unless that is 0. `list` is scratch and begins with the highest logit afterwards.
 */
export function describe(logits: usize, V: i32, record: usize, weights: usize, list: usize): f64 {
  memory.fill(record, 0, recordBytes);
  listBest(logits, V, record + Record.ids, list);
  const largest = load<f32>(list);
  const total = weigh(logits, V, largest, record, weights, list + weightsAt);
  for (let i: usize = 0; i < 48; i += 16) {
    v128.store(list + i, exponential(f32x4.sub(v128.load(list + i), f32x4.splat(largest))));
  }
  for (let i: usize = 0; i < (listed as usize) << 2; i += 4) {
    store<f32>(record + i, ((load<f32>(list + i) as f64) / total) as f32, Record.probabilities);
  }
  store<f32>(list, largest);
  return total;
}

/** Ids of the best from the highest logit to the lowest, ties to the lower id, and their logits; −∞ where there are fewer. */
function listBest(logits: usize, V: i32, ids: usize, list: usize): void {
  for (let i: usize = 0; i < 48; i += 16) v128.store(list + i, f32x4.splat(-Infinity as f32));
  let least: f32 = -Infinity as f32;
  let id = 0;
  for (; id + 4 <= V; id += 4) {
    const four = cleanLogits(v128.load(logits + ((id as usize) << 2)));
    if (!v128.any_true(f32x4.gt(four, f32x4.splat(least)))) continue;
    v128.store(list, four, lookedAt);
    for (let lane = 0; lane < 4; lane++) {
      least = insert(load<f32>(list + ((lane as usize) << 2), lookedAt), id + lane, ids, list);
    }
  }
  for (; id < V; id++) insert(cleanLogit(load<f32>(logits + ((id as usize) << 2))), id, ids, list);
}

/** Puts a logit that beats the tenth in its place; returns the tenth. */
function insert(logit: f32, id: i32, ids: usize, list: usize): f32 {
  let place = ((listed - 1) as usize) << 2;
  const least = load<f32>(list + place);
  if (!(logit > least)) return least;
  while (place > 0 && load<f32>(list + place - 4) < logit) {
    store<f32>(list + place, load<f32>(list + place - 4));
    store<i32>(ids + place, load<i32>(ids + place - 4));
    place -= 4;
  }
  store<f32>(list + place, logit);
  store<i32>(ids + place, id);
  return load<f32>(list, ((listed - 1) as usize) << 2);
}

/** Returns Σ eʳ and writes the entropy. `chunk` is for the weights where nobody keeps them. */
function weigh(logits: usize, V: i32, largest: f32, record: usize, weights: usize, chunk: usize): f64 {
  const shift = f32x4.splat(largest);
  let total: f64 = 0;
  let product: f64 = 0;
  let count = 0;
  for (let id = 0; id < V; id += count) {
    const place = (id as usize) << 2;
    // The last logits may fill no vector.
    count = V - id < 4 ? V - id : min(together, (V - id) & ~3);
    const target = weights ? weights + place : chunk;
    total += sumInDoubles(writeWeights(logits + place, count, largest, 1, target));
    let products = f32x4.splat(0);
    for (let i: usize = 0; i < (count as usize) << 2; i += 16) {
      const rest = count - ((i >> 2) as i32);
      const distance = f32x4.sub(cleanLogits(loadFirst(logits + place + i, rest)), shift);
      products = f32x4.add(products, f32x4.mul(v128.load(target + i), distance));
    }
    product += sumInDoubles(products);
  }
  store<f32>(record, (logarithm(total) - product / total) as f32, Record.entropy);
  return total;
}

/**
 * weights[id] = e^((logit − largest) / temperature) for `count` logits, a multiple of 4 or fewer than 4, which leave zeros behind
 * them; returns their sums. Distances are rounded before they are raised: a weight e^−x is off by x · 1e-7 of itself.
 */
export function writeWeights(logits: usize, count: i32, largest: f32, temperature: f32, weights: usize): v128 {
  const shift = f32x4.splat(largest);
  const scale = f32x4.splat(log2e / temperature);
  const end = weights + ((count as usize) << 2);
  for (let weight = weights; weight < end; weight += 16) {
    const rest = ((end - weight) >> 2) as i32;
    const distance = f32x4.pmax(f32x4.sub(cleanLogits(loadFirst(logits, rest)), shift), f32x4.splat(farthest));
    v128.store(weight, f32x4.mul(distance, scale));
    logits += 16;
  }
  const sums = powersOfTwo(weights, end, 16, f32x4.splat(0));
  if (count >= 4) return sums;
  const few = loadFirst(weights, count);
  v128.store(weights, few);
  return few;
}

function sumInDoubles(x: v128): f64 {
  const sums = f64x2.add(low(x), high(x));
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}

/** The first two of four numbers in float64. */
export function low(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

/** The last two. */
export function high(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f64>(x, x, 1, 1));
}
