/**
 * The record of a row of logits (src/gpu/kernels/top-tokens/record.ts): the ten best tokens and the entropy of
 * softmax(logits[V]), ln Σ eʳ − Σ eʳ · r / Σ eʳ with r the distance from the highest logit. A logit that is not a number counts
 * as −1e30, infinities as ±1e30. A unit is a row.
 *
 * The list is kept sorted while the row streams by: a vector is looked at closely only when it beats the tenth, which for
 * logits in any old order happens some ten times ln(V / 10).
 */
import { exponential } from './activation';
import { logarithm } from './logarithm';

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

/** Scratch that `describe` needs: the ten best logits in full vectors, then one vector that is being looked at. */
export const listBytes: usize = 64;
const lookedAt: usize = 48;

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

/** Four logits as every kernel reads them. */
export function cleanLogits(logits: v128): v128 {
  const numbers = v128.bitselect(logits, f32x4.splat(-1e30), f32x4.eq(logits, logits));
  return f32x4.min(f32x4.max(numbers, f32x4.splat(-1e30)), f32x4.splat(1e30));
}

export function cleanLogit(logit: f32): f32 {
  return f32x4.extract_lane(cleanLogits(f32x4.splat(logit)), 0);
}

/** The exponential of one number. */
export function exponentialOf(x: f32): f32 {
  return f32x4.extract_lane(exponential(f32x4.splat(x)), 0);
}

/**
 * Writes all of a record but its id, position and probability; returns Σ eʳ, and writes each eʳ to `weights`[V] unless it is
 * 0. `list` is scratch and begins with the highest logit afterwards.
 */
export function describe(logits: usize, V: i32, record: usize, weights: usize, list: usize): f64 {
  memory.fill(record, 0, recordBytes);
  listBest(logits, V, record + Record.ids, list);
  const largest = load<f32>(list);
  const total = weigh(logits, V, largest, record, weights);
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

/** Returns Σ eʳ and writes the entropy; the sums are float64, so that where a sampler cuts does not depend on their order. */
function weigh(logits: usize, V: i32, largest: f32, record: usize, weights: usize): f64 {
  const shift = f32x4.splat(largest);
  let totals = f64x2.splat(0);
  let products = totals;
  let id = 0;
  for (; id + 4 <= V; id += 4) {
    const place = (id as usize) << 2;
    const distance = f32x4.sub(cleanLogits(v128.load(logits + place)), shift);
    const weight = exponential(distance);
    if (weights) v128.store(weights + place, weight);
    const product = f32x4.mul(weight, distance);
    totals = f64x2.add(totals, f64x2.add(low(weight), high(weight)));
    products = f64x2.add(products, f64x2.add(low(product), high(product)));
  }
  let total = f64x2.extract_lane(totals, 0) + f64x2.extract_lane(totals, 1);
  let product = f64x2.extract_lane(products, 0) + f64x2.extract_lane(products, 1);
  for (; id < V; id++) {
    const place = (id as usize) << 2;
    const distance = cleanLogit(load<f32>(logits + place)) - largest;
    const weight = exponentialOf(distance);
    if (weights) store<f32>(weights + place, weight);
    total += weight as f64;
    product += (weight * distance) as f64;
  }
  store<f32>(record, (logarithm(total) - product / total) as f32, Record.entropy);
  return total;
}

/** The first two of four numbers in float64. */
export function low(x: v128): v128 {
  return f64x2.promote_low_f32x4(x);
}

/** The last two. */
export function high(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f64>(x, x, 1, 1));
}
