/**
 * The loss of a language model, losses[M] = log Σ e^logits[M,V] − logits[target] in nats, with the log-sum-exp that the
 * gradient needs; and its gradient, (softmax − onehot) · lossWeight[0], written over the logits. A unit is a row.
 *
 * Both are 0 for a row that does not count. A row with a logit that is not finite is NaN; a target past the vocabulary is the
 * last token.
 */
import { exponential } from './activation';
import { sumOfLanes } from './lanes';
import { logarithm } from './logarithm';

/** Words of both; `src/cpu/operations/cross-entropy.ts` writes them. */
namespace Word {
  export const logits: usize = 0;
  /** u32[M]. */
  export const targets: usize = 4;
  export const logSumExp: usize = 8;
  export const V: usize = 12;
  /** Of the loss: [M]. */
  export const losses: usize = 16;
  /** Of the gradient: f32[4]. */
  export const lossWeight: usize = 16;
}

/** Target of a row that has no right token. */
const notCounted: u32 = 0xffffffff;

export function crossEntropy(args: usize, begin: i32, end: i32, _scratch: usize): void {
  const logits = load<u32>(args, Word.logits) as usize;
  const V = load<i32>(args, Word.V);
  for (let row = begin; row < end; row++) {
    const place = (row as usize) << 2;
    const target = load<u32>((load<u32>(args, Word.targets) as usize) + place);
    let loss: f64 = 0;
    let total: f64 = 0;
    if (target !== notCounted) {
      const own = logits + place * (V as usize);
      total = logSumExpOf(own, V);
      loss = total - (load<f32>(own + ((min(target, V - 1) as usize) << 2)) as f64);
    }
    store<f32>((load<u32>(args, Word.losses) as usize) + place, loss as f32);
    store<f32>((load<u32>(args, Word.logSumExp) as usize) + place, total as f32);
  }
}

/** NaN when a logit is not finite. */
function logSumExpOf(logits: usize, V: i32): f64 {
  const endFour = logits + (((V & ~3) as usize) << 2);
  const end = logits + ((V as usize) << 2);
  // The cheap minimum and maximum pass over NaN; the sum below does not.
  let largest = f32x4.splat(-Infinity);
  let smallest = f32x4.splat(Infinity);
  let from = logits;
  for (; from < endFour; from += 16) {
    const x = v128.load(from);
    largest = f32x4.pmax(largest, x);
    smallest = f32x4.pmin(smallest, x);
  }
  for (; from < end; from += 4) {
    const x = v128.load32_splat(from);
    largest = f32x4.pmax(largest, x);
    smallest = f32x4.pmin(smallest, x);
  }
  const shift = largestLane(largest);
  if (shift === Infinity || largestLane(f32x4.neg(smallest)) === Infinity) return NaN;
  const shifts = f32x4.splat(shift);
  let sums = f32x4.splat(0);
  for (from = logits; from < endFour; from += 16) {
    sums = f32x4.add(sums, exponential(f32x4.sub(v128.load(from), shifts)));
  }
  let sum = sumOfLanes(sums);
  for (; from < end; from += 4) {
    sum += f32x4.extract_lane(exponential(f32x4.sub(v128.load32_splat(from), shifts)), 0);
  }
  return logarithm(sum as f64) + (shift as f64);
}

function largestLane(x: v128): f32 {
  const pair = f32x4.pmax(x, v128.shuffle<f32>(x, x, 2, 3, 0, 1));
  return max(f32x4.extract_lane(pair, 0), f32x4.extract_lane(pair, 1));
}

export function crossEntropyGradient(args: usize, begin: i32, end: i32, _scratch: usize): void {
  const logits = load<u32>(args, Word.logits) as usize;
  const V = load<i32>(args, Word.V);
  const rowBytes = (V as usize) << 2;
  const weight = load<f32>(load<u32>(args, Word.lossWeight) as usize);
  for (let row = begin; row < end; row++) {
    const place = (row as usize) << 2;
    const target = load<u32>((load<u32>(args, Word.targets) as usize) + place);
    const own = logits + (row as usize) * rowBytes;
    if (target === notCounted) {
      memory.fill(own, 0, rowBytes);
      continue;
    }
    const total = load<f32>((load<u32>(args, Word.logSumExp) as usize) + place);
    const right = own + ((min(target, V - 1) as usize) << 2);
    const rightLogit = v128.load32_splat(right);
    writeProbabilities(own, V, total, weight);
    const probability = f32x4.extract_lane(exponential(f32x4.sub(rightLogit, f32x4.splat(total))), 0);
    store<f32>(right, weight * (probability - 1));
  }
}

/** logits[i] = weight · e^(logits[i] − total). */
function writeProbabilities(logits: usize, V: i32, total: f32, weight: f32): void {
  const totals = f32x4.splat(total);
  const weights = f32x4.splat(weight);
  const endFour = logits + (((V & ~3) as usize) << 2);
  const end = logits + ((V as usize) << 2);
  for (; logits < endFour; logits += 16) {
    v128.store(logits, f32x4.mul(weights, exponential(f32x4.sub(v128.load(logits), totals))));
  }
  for (; logits < end; logits += 4) {
    const probability = exponential(f32x4.sub(v128.load32_splat(logits), totals));
    store<f32>(logits, weight * f32x4.extract_lane(probability, 0));
  }
}
