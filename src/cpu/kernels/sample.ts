/**
 * Chooses the next token by the rule of src/gpu/kernels/sample/sample.ts: temperature, the topK highest, of them the smallest
 * set that reaches topP, and a draw with u = threefry2x32((seed, "PANG"), (position, 0)). Writes the record of the distribution,
 * the token, and moves the cursor on.
 *
 * One unit. Without a cut ids are walked in order and nothing is sorted; with one, only the head of the order is
 * (descending.ts). Weights are f32, masses f64.
 */
import { binsBytes, sortBest } from './descending';
import { threefryFour } from './threefry';
import { cleanLogit, describe, exponentialOf, high, listBytes, low, Record, writeWeights } from './top-tokens';

/** Words of the arguments; `src/cpu/operations/sample.ts` writes them. */
namespace Word {
  /** [V]. */
  export const logits: usize = 0;
  /** u32[8]: seed, topK, temperature, topP. */
  export const settings: usize = 4;
  /** u32[4]: position, rows, prefix length. */
  export const cursor: usize = 8;
  export const token: usize = 12;
  export const record: usize = 16;
  export const V: usize = 20;
  /** Scratch: 2 · V items of 8 bytes, V weights and up to three more. */
  export const work: usize = 24;
}

/** Second word of the sampler's key ("PANG"). */
const sampleKey: u32 = 0x50414e47;

/** A temperature below this one is this one. */
const coldest: f32 = 1e-6;

const binsAt: usize = listBytes;
const wordsAt: usize = listBytes + binsBytes;

export function sample(args: usize, _begin: i32, _end: i32, scratch: usize): void {
  const logits = load<u32>(args, Word.logits) as usize;
  const settings = load<u32>(args, Word.settings) as usize;
  const cursor = load<u32>(args, Word.cursor) as usize;
  const record = load<u32>(args, Word.record) as usize;
  const V = load<i32>(args, Word.V);
  const items = load<u32>(args, Word.work) as usize;
  const weights = items + ((V as usize) << 4);
  const position = load<u32>(cursor);
  const temperature = load<f32>(settings, 8);

  const total = describe(logits, V, record, weights, scratch);
  const largest = load<f32>(scratch);
  let chosen = load<i32>(record, Record.ids);
  if (temperature > 0) {
    if (temperature !== 1) weigh(logits, V, largest, max(temperature, coldest), weights);
    threefryFour(load<u32>(settings), sampleKey, position, 0, scratch + wordsAt);
    const u = ((load<u32>(scratch, wordsAt) >>> 8) as f64) / 16777216;
    chosen = choose(logits, V, largest, weights, load<u32>(settings, 4), load<f32>(settings, 12), u, items, scratch);
  }

  const probability =
    (exponentialOf(cleanLogit(load<f32>(logits + ((chosen as usize) << 2))) - largest) as f64) / total;
  store<i32>(record, chosen, Record.id);
  store<u32>(record, position, Record.position);
  store<f32>(record, probability as f32, Record.probability);
  store<i32>(load<u32>(args, Word.token) as usize, chosen);
  store<u32>(cursor, position + 1);
  store<u32>(cursor, 1, 4);
}

function weigh(logits: usize, V: i32, largest: f32, temperature: f32, weights: usize): void {
  const whole = V & ~3;
  const rest = (whole as usize) << 2;
  writeWeights(logits, whole, largest, temperature, weights);
  if (whole < V) writeWeights(logits + rest, V - whole, largest, temperature, weights + rest);
}

function choose(
  logits: usize,
  V: i32,
  largest: f32,
  weights: usize,
  topK: u32,
  topP: f32,
  u: f64,
  items: usize,
  scratch: usize,
): i32 {
  const cutByRank = topK > 0 && topK < (V as u32);
  const cutByMass = topP < 1;
  if (!cutByRank && !cutByMass) return drawInOrder(weights, V, u);
  const bins = scratch + binsAt;
  if (!cutByRank) {
    const goal = (topP as f64) * massInOrder(weights, V);
    const sorted = sortBest(logits, V, largest, weights, 1, max(goal, 0), items, bins);
    return drawSorted(items, headOf(items, sorted, weights, goal), weights, u);
  }
  sortBest(logits, V, largest, weights, topK as i32, 0, items, bins);
  let kept = topK as i32;
  if (cutByMass) kept = headOf(items, kept, weights, (topP as f64) * massOf(items, kept, weights));
  return drawSorted(items, kept, weights, u);
}

function weightOf(item: usize, weights: usize): f64 {
  return load<f32>(weights + ((load<u32>(item) as usize) << 2)) as f64;
}

function massOf(items: usize, count: i32, weights: usize): f64 {
  let mass: f64 = 0;
  for (let i = 0; i < count; i++) mass += weightOf(items + ((i as usize) << 3), weights);
  return mass;
}

/** How many of the sorted it takes to reach `goal`; at least one. */
function headOf(items: usize, count: i32, weights: usize, goal: f64): i32 {
  let mass: f64 = 0;
  for (let i = 0; i < count; i++) {
    mass += weightOf(items + ((i as usize) << 3), weights);
    if (mass >= goal) return i + 1;
  }
  return count;
}

/** The first of the sorted whose cumulative mass exceeds u of the whole. */
function drawSorted(items: usize, count: i32, weights: usize, u: f64): i32 {
  const goal = u * massOf(items, count, weights);
  let mass: f64 = 0;
  let item = items;
  for (let i = 1; i < count; i++) {
    mass += weightOf(item, weights);
    if (mass > goal) break;
    item += 8;
  }
  return load<i32>(item);
}

/** Weights whose mass is taken at once. */
const stride: i32 = 64;

/** The first id whose cumulative mass exceeds u of the whole. */
function drawInOrder(weights: usize, V: i32, u: f64): i32 {
  const goal = u * massInOrder(weights, V);
  let mass: f64 = 0;
  for (let id = 0; id < V; ) {
    const whole = id + stride <= V ? massOfStride(weights + ((id as usize) << 2)) : 0;
    if (whole > 0 && mass + whole <= goal) {
      mass += whole;
      id += stride;
      continue;
    }
    for (const end = min(id + stride, V); id < end; id++) {
      mass += load<f32>(weights + ((id as usize) << 2)) as f64;
      if (mass > goal) return id;
    }
  }
  return V - 1;
}

function massInOrder(weights: usize, V: i32): f64 {
  let mass: f64 = 0;
  let id = 0;
  for (; id + stride <= V; id += stride) mass += massOfStride(weights + ((id as usize) << 2));
  for (; id < V; id++) mass += load<f32>(weights + ((id as usize) << 2)) as f64;
  return mass;
}

function massOfStride(weights: usize): f64 {
  let left = f64x2.splat(0);
  let right = left;
  for (const end = weights + ((stride as usize) << 2); weights < end; weights += 16) {
    const four = v128.load(weights);
    left = f64x2.add(left, low(four));
    right = f64x2.add(right, high(four));
  }
  const both = f64x2.add(left, right);
  return f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
}
