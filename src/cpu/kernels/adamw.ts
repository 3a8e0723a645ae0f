/**
 * AdamW over the flat buffers in one pass, g being the gradient times the clip factor:
 *
 *   m ← m + (1 − β₁)(g − m),  v ← β₂ v + (1 − β₂) g²,  w ← w − (lr · decay · w + lr / c₁ · m / (√v / √c₂ + ε)),  gradient ← 0
 *
 * and changes[P/256] = (Σ Δw², Σ w²). Nothing changes where the record says not finite; a chunk of no group is left to another
 * optimiser. The decay is subtracted and not a factor 1 − lr · decay, which f32 would round by up to 3e-8 of every weight in
 * every step. A unit is `chunksEach` chunks; the four buffers are read and written once, which is all it costs.
 */
import {
  chunkBytes,
  chunkEnd,
  chunksEach,
  decayOf,
  moves,
  otherOptimiser,
  RecordAt,
  rateOf,
  storeChange,
} from './chunks';
import { sumOfLanes } from './lanes';

/** Words of the arguments. */
namespace Word {
  export const parameters: usize = 0;
  export const gradients: usize = 4;
  export const first: usize = 8;
  export const second: usize = 12;
  export const groups: usize = 16;
  export const rules: usize = 20;
  export const record: usize = 24;
  export const changes: usize = 28;
  export const chunks: usize = 32;
}

export function adamw(args: usize, begin: i32, end: i32, _scratch: usize): void {
  const groups = load<u32>(args, Word.groups) as usize;
  const changes = load<u32>(args, Word.changes) as usize;
  const isMoving = moves(load<u32>(args, Word.record) as usize);
  const last = chunkEnd(end, load<i32>(args, Word.chunks));
  for (let chunk = begin * chunksEach; chunk < last; chunk++) {
    const group = load<u32>(groups + ((chunk as usize) << 2));
    if (group === otherOptimiser) continue;
    if (isMoving) moveChunk(args, chunk, group, changes);
    else storeChange(changes, chunk, 0, 0);
  }
}

function moveChunk(args: usize, chunk: i32, group: u32, changes: usize): void {
  const record = load<u32>(args, Word.record) as usize;
  const rules = load<u32>(args, Word.rules) as usize;
  const rate = rateOf(record, rules, group);
  const decay = f32x4.splat(rate * decayOf(rules, group));
  const step = f32x4.splat(rate / load<f32>(record, RecordAt.correction1));
  const clip = v128.load32_splat(record, RecordAt.clip);
  const keep2 = v128.load32_splat(record, RecordAt.beta2);
  const take1 = f32x4.splat(1 - load<f32>(record, RecordAt.beta1));
  const take2 = f32x4.splat(1 - load<f32>(record, RecordAt.beta2));
  const correction = f32x4.splat(1 / sqrt(load<f32>(record, RecordAt.correction2)));
  const epsilon = v128.load32_splat(record, RecordAt.epsilon);
  const zeros = f32x4.splat(0);
  const start = (chunk as usize) * chunkBytes;
  let w = (load<u32>(args, Word.parameters) as usize) + start;
  let gradient = (load<u32>(args, Word.gradients) as usize) + start;
  let first = (load<u32>(args, Word.first) as usize) + start;
  let second = (load<u32>(args, Word.second) as usize) + start;
  let changed = zeros;
  let held = zeros;
  for (const stop = w + chunkBytes; w < stop; w += 16) {
    const g = f32x4.mul(clip, v128.load(gradient));
    const past = v128.load(first);
    const m = f32x4.add(past, f32x4.mul(take1, f32x4.sub(g, past)));
    const v = f32x4.add(f32x4.mul(keep2, v128.load(second)), f32x4.mul(take2, f32x4.mul(g, g)));
    const scale = f32x4.add(f32x4.mul(f32x4.sqrt(v), correction), epsilon);
    const before = v128.load(w);
    const after = f32x4.sub(before, f32x4.add(f32x4.mul(decay, before), f32x4.div(f32x4.mul(step, m), scale)));
    v128.store(first, m);
    v128.store(second, v);
    v128.store(gradient, zeros);
    v128.store(w, after);
    const change = f32x4.sub(after, before);
    changed = f32x4.add(changed, f32x4.mul(change, change));
    held = f32x4.add(held, f32x4.mul(after, after));
    gradient += 16;
    first += 16;
    second += 16;
  }
  storeChange(changes, chunk, sumOfLanes(changed), sumOfLanes(held));
}
