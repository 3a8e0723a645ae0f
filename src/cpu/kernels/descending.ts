/**
 * The head of a vocabulary in descending order of its logits, ties to the lower id, without sorting the rest: a histogram over
 * the distance from the highest logit tells how far down to go, and only what lies above is gathered and sorted.
 *
 * A sorted item is 8 bytes, the id in the low word. The high word falls as the logit rises, so that items ascend.
 */
import { cleanLogit, cleanLogits } from './top-tokens';

/** Bins of the histogram, over the distances up to `farthest`; the last one has what is farther off too. */
const bins: i32 = 256;
const farthest: f32 = 40;

/** Scratch: a mass (f64) and a count (i32) for each bin; the sort counts in it too. */
export const binsBytes: usize = 256 * 12;
const countsAt: usize = 256 * 8;

/**
 * Writes at least `count` of the best to `items` when `goal` is 0, else so many that their weights come to `goal`; all when
 * there are fewer. Returns how many are sorted. `items` has room for 2 · V.
 */
export function sortBest(
  logits: usize,
  V: i32,
  largest: f32,
  weights: usize,
  count: i32,
  goal: f64,
  items: usize,
  scratch: usize,
): i32 {
  // Bins and clean logits stand where the sort has its other half.
  const other = items + ((V as usize) << 3);
  const clean = other + ((V as usize) << 2);
  const smallest = cleanRow(logits, V, clean);
  const scale = (bins as f32) / max(min(largest - smallest, farthest), 1e-30 as f32);
  writeBins(clean, V, largest, scale, other);
  memory.fill(scratch, 0, binsBytes);
  if (goal > 0) addMasses(other, weights, V, scratch);
  else addCounts(other, V, scratch + countsAt);
  const gathered = gather(clean, V, other, lastBin(count, goal, scratch), items);
  sort(items, gathered, other, scratch);
  return gathered;
}

function addMasses(binOf: usize, weights: usize, V: i32, masses: usize): void {
  const end = binOf + ((V as usize) << 2);
  while (binOf < end) {
    const mass = masses + ((load<i32>(binOf) as usize) << 3);
    store<f64>(mass, load<f64>(mass) + (load<f32>(weights) as f64));
    binOf += 4;
    weights += 4;
  }
}

function addCounts(binOf: usize, V: i32, counts: usize): void {
  const end = binOf + ((V as usize) << 2);
  for (; binOf < end; binOf += 4) {
    const counter = counts + ((load<i32>(binOf) as usize) << 2);
    store<i32>(counter, load<i32>(counter) + 1);
  }
}

/** Returns the smallest. */
function cleanRow(logits: usize, V: i32, clean: usize): f32 {
  let four = f32x4.splat(1e30);
  let id = 0;
  for (; id + 4 <= V; id += 4) {
    const place = (id as usize) << 2;
    const values = cleanLogits(v128.load(logits + place));
    v128.store(clean + place, values);
    four = f32x4.pmin(four, values);
  }
  let smallest = min(
    min(f32x4.extract_lane(four, 0), f32x4.extract_lane(four, 1)),
    min(f32x4.extract_lane(four, 2), f32x4.extract_lane(four, 3)),
  );
  for (; id < V; id++) {
    const place = (id as usize) << 2;
    const value = cleanLogit(load<f32>(logits + place));
    store<f32>(clean + place, value);
    smallest = min(smallest, value);
  }
  return smallest;
}

/** The bin never falls as the logit falls, so that the first bins hold the best. */
function writeBins(clean: usize, V: i32, largest: f32, scale: f32, target: usize): void {
  let id = 0;
  for (; id + 4 <= V; id += 4) {
    const place = (id as usize) << 2;
    v128.store(target + place, binsOf(v128.load(clean + place), largest, scale));
  }
  for (; id < V; id++) {
    const place = (id as usize) << 2;
    store<i32>(target + place, i32x4.extract_lane(binsOf(v128.load32_splat(clean + place), largest, scale), 0));
  }
}

function binsOf(logits: v128, largest: f32, scale: f32): v128 {
  const distance = f32x4.mul(f32x4.sub(f32x4.splat(largest), logits), f32x4.splat(scale));
  // Added to 2²³, a number below it leaves its integer in the low bits.
  const rounded = f32x4.add(f32x4.pmin(distance, f32x4.splat((bins - 1) as f32)), f32x4.splat(8388608));
  return v128.and(rounded, i32x4.splat(bins - 1));
}

/** The bin with which the count or the mass is reached. Sums in another order may differ: a little more than the goal. */
function lastBin(count: i32, goal: f64, scratch: usize): i32 {
  const enough = goal * (1 + 1e-9);
  let mass: f64 = 0;
  let found = 0;
  for (let bin = 0; bin < bins - 1; bin++) {
    mass += load<f64>(scratch + ((bin as usize) << 3));
    found += load<i32>(scratch + ((bin as usize) << 2), countsAt);
    if (goal > 0 ? mass >= enough : found >= count) return bin;
  }
  return bins - 1;
}

/** Items of the bins up to `last`, by rising id; returns how many. */
function gather(clean: usize, V: i32, binOf: usize, last: i32, items: usize): i32 {
  const lasts = i32x4.splat(last);
  let item = items;
  for (let id = 0; id < V; ) {
    const place = (id as usize) << 2;
    if (id + 4 <= V && !v128.any_true(i32x4.le_s(v128.load(binOf + place), lasts))) {
      id += 4;
      continue;
    }
    if (load<i32>(binOf + place) <= last) {
      store<u64>(item, ((keyOf(load<f32>(clean + place)) as u64) << 32) | (id as u64));
      item += 8;
    }
    id += 1;
  }
  return ((item - items) >> 3) as i32;
}

/** Falls as the number rises; the same for both zeros. */
function keyOf(logit: f32): u32 {
  const bits = reinterpret<u32>(logit + 0);
  return bits & 0x80000000 ? bits : ~bits & 0x7fffffff;
}

/** Up to so many items an insertion sort is faster than counting. */
const few: i32 = 48;

function sort(items: usize, count: i32, other: usize, counts: usize): void {
  if (count > few) {
    // Stable, and ids rise already: only the keys are sorted by, a byte at a time.
    for (let shift = 32; shift < 64; shift += 16) {
      sortByte(items, count, other, shift, counts);
      sortByte(other, count, items, shift + 8, counts);
    }
    return;
  }
  const end = items + ((count as usize) << 3);
  for (let next = items + 8; next < end; next += 8) {
    const item = load<u64>(next);
    let place = next;
    while (place > items && load<u64>(place - 8) > item) {
      store<u64>(place, load<u64>(place - 8));
      place -= 8;
    }
    store<u64>(place, item);
  }
}

/** Items ordered by the byte at `shift`, by counting. */
function sortByte(from: usize, count: i32, to: usize, shift: i32, counts: usize): void {
  memory.fill(counts, 0, 1024);
  const end = from + ((count as usize) << 3);
  for (let item = from; item < end; item += 8) {
    const counter = counts + ((((load<u64>(item) >>> (shift as u64)) & 255) << 2) as usize);
    store<i32>(counter, load<i32>(counter) + 1);
  }
  let before = 0;
  for (let counter = counts; counter < counts + 1024; counter += 4) {
    const own = load<i32>(counter);
    store<i32>(counter, before);
    before += own;
  }
  for (let item = from; item < end; item += 8) {
    const value = load<u64>(item);
    const counter = counts + ((((value >>> (shift as u64)) & 255) << 2) as usize);
    const place = load<i32>(counter);
    store<u64>(to + ((place as usize) << 3), value);
    store<i32>(counter, place + 1);
  }
}
