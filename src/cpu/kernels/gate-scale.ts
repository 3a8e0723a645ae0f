/**
 * A learned gate's share of an expert's output (src/gpu/kernels/gate-scale/shape.ts), and its gradient:
 *
 *     out[r] = p · h[r],   p = softmax(scores[r])[expert[r]]
 *     dh[r] = p · dout[r],   dscores[r] = s ⊙ (g − Σ g ⊙ s)
 *
 * with s = softmax(scores[r]) and g the gradient of it: dout[r] · h[r] for the row's expert, and for each expert e what the load-balancing
 * loss adds, coefficient · E · fₑ · lossWeight[0]. The gradient of a row without an expert is 0. A unit is a row.
 */
import { exponential } from './activation';
import { noExpert, startOf } from './experts';
import { loadFirst, storeFirst, sumOfLanes } from './lanes';
import { clearRow, copyRow, sumOfRow } from './rows';

/** Words of both; `src/cpu/operations/gate-scale.ts` writes them. */
namespace Word {
  /** [M,F]. */
  export const h: usize = 0;
  /** [M,E]. */
  export const scores: usize = 4;
  /** u32[M]. */
  export const expert: usize = 8;
  export const F: usize = 12;
  export const experts: usize = 16;
  /** [M,F]: out, or dh. */
  export const out: usize = 20;
  /** Of the gradient: dout [M,F] and dscores [M,E]. */
  export const gradient: usize = 24;
  export const dscores: usize = 28;
  /** u32[E+1]. */
  export const starts: usize = 32;
  /** f32[4], or 0 where there is no load-balancing loss. */
  export const lossWeight: usize = 36;
  export const coefficient: usize = 40;
}

/** Room for a number an expert, many more than there can be. */
const mostBytes: usize = 16 * 1024;

export function gateScale(args: usize, begin: i32, end: i32, scratch: usize): void {
  const F = load<i32>(args, Word.F);
  for (let row = begin; row < end; row++) {
    const expert = load<u32>((load<u32>(args, Word.expert) as usize) + ((row as usize) << 2));
    if (expert === noExpert) continue;
    softmax(scoresOf(args, row), load<i32>(args, Word.experts), scratch);
    const place = ((row * F) as usize) << 2;
    const share = v128.load32_splat(scratch + ((expert as usize) << 2));
    scaleRow((load<u32>(args, Word.h) as usize) + place, share, F, (load<u32>(args, Word.out) as usize) + place);
  }
}

export function gateScaleGradient(args: usize, begin: i32, end: i32, scratch: usize): void {
  const F = load<i32>(args, Word.F);
  const experts = load<i32>(args, Word.experts);
  const shares = scratch;
  // What the load-balancing loss gives is the same for all rows; beside it a row's own.
  const balance = scratch + mostBytes;
  const own = scratch + 2 * mostBytes;
  balanceGradient(args, balance);
  for (let row = begin; row < end; row++) {
    const place = ((row * F) as usize) << 2;
    const dh = (load<u32>(args, Word.out) as usize) + place;
    const dscores = (load<u32>(args, Word.dscores) as usize) + (((row * experts) as usize) << 2);
    const expert = load<u32>((load<u32>(args, Word.expert) as usize) + ((row as usize) << 2));
    if (expert === noExpert) {
      clearRow(dh, F);
      clearRow(dscores, experts);
      continue;
    }
    softmax(scoresOf(args, row), experts, shares);
    const gradient = (load<u32>(args, Word.gradient) as usize) + place;
    const at = (expert as usize) << 2;
    scaleRow(gradient, v128.load32_splat(shares + at), F, dh);
    copyRow(own, balance, experts);
    store<f32>(own + at, load<f32>(own + at) + dot(gradient, (load<u32>(args, Word.h) as usize) + place, F));
    softmaxGradient(shares, own, experts, dscores);
  }
}

function scoresOf(args: usize, row: i32): usize {
  return (load<u32>(args, Word.scores) as usize) + (((row * load<i32>(args, Word.experts)) as usize) << 2);
}

/** NaN everywhere when a score is not finite. */
function softmax(scores: usize, count: i32, shares: usize): void {
  let largest = load<f32>(scores);
  for (let i = 1; i < count; i++) largest = max(largest, load<f32>(scores + ((i as usize) << 2)));
  for (let i = 0; i < count; i += 4) {
    const place = (i as usize) << 2;
    const distance = f32x4.sub(loadFirst(scores + place, count - i), f32x4.splat(largest));
    storeFirst(shares + place, exponential(distance), count - i);
  }
  scaleRow(shares, f32x4.splat(1 / sumOfRow(shares, count)), count, shares);
}

/** coefficient · E · fₑ · lossWeight[0] for each expert; zeros without the loss. */
function balanceGradient(args: usize, balance: usize): void {
  const experts = load<i32>(args, Word.experts);
  const starts = load<u32>(args, Word.starts) as usize;
  const lossWeight = load<u32>(args, Word.lossWeight) as usize;
  clearRow(balance, experts);
  if (!lossWeight) return;
  const factor = load<f32>(args, Word.coefficient) * (experts as f32) * load<f32>(lossWeight);
  const rows = startOf(starts, experts) as f32;
  for (let expert = 0; expert < experts; expert++) {
    const count = startOf(starts, expert + 1) - startOf(starts, expert);
    store<f32>(balance + ((expert as usize) << 2), (factor * (count as f32)) / rows);
  }
}

/** to = shares ⊙ (gradient − Σ gradient ⊙ shares). */
function softmaxGradient(shares: usize, gradient: usize, count: i32, to: usize): void {
  const mean = f32x4.splat(dot(gradient, shares, count));
  for (let i = 0; i < count; i += 4) {
    const place = (i as usize) << 2;
    const from = f32x4.sub(loadFirst(gradient + place, count - i), mean);
    storeFirst(to + place, f32x4.mul(loadFirst(shares + place, count - i), from), count - i);
  }
}

function dot(a: usize, b: usize, count: i32): f32 {
  let sum = f32x4.splat(0);
  for (let i = 0; i < count; i += 4) {
    const place = (i as usize) << 2;
    sum = f32x4.add(sum, f32x4.mul(loadFirst(a + place, count - i), loadFirst(b + place, count - i)));
  }
  return sumOfLanes(sum);
}

/** to[i] = factor · from[i]; `to` may be `from`. */
function scaleRow(from: usize, factor: v128, count: i32, to: usize): void {
  for (let i = 0; i < count; i += 4) {
    const place = (i as usize) << 2;
    storeFirst(to + place, f32x4.mul(factor, loadFirst(from + place, count - i)), count - i);
  }
}
