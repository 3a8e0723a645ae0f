/**
 * SGD with momentum over the flat buffers in one pass, with decoupled weight decay, g being the gradient times the clip factor:
 *
 *   m ← momentum · m + g,  w ← w − (lr · decay · w + lr · d),  gradient ← 0
 *
 * where d = m, or g + momentum · m with Nesterov's look ahead; and changes[P/256] = (Σ Δw², Σ w²). Units, other optimisers'
 * chunks and steps that are not finite as in adamw.ts.
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
  export const groups: usize = 12;
  export const rules: usize = 16;
  export const record: usize = 20;
  export const changes: usize = 24;
  export const chunks: usize = 28;
}

export function sgd(args: usize, begin: i32, end: i32, _scratch: usize): void {
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
  const step = f32x4.splat(rate);
  const decay = f32x4.splat(rate * decayOf(rules, group));
  const clip = v128.load32_splat(record, RecordAt.clip);
  const momentum = v128.load32_splat(record, RecordAt.momentum);
  const nesterov = load<f32>(record, RecordAt.nesterov) === 1;
  const zeros = f32x4.splat(0);
  const start = (chunk as usize) * chunkBytes;
  let w = (load<u32>(args, Word.parameters) as usize) + start;
  let gradient = (load<u32>(args, Word.gradients) as usize) + start;
  let first = (load<u32>(args, Word.first) as usize) + start;
  let changed = zeros;
  let held = zeros;
  for (const stop = w + chunkBytes; w < stop; w += 16) {
    const g = f32x4.mul(clip, v128.load(gradient));
    const m = f32x4.add(f32x4.mul(momentum, v128.load(first)), g);
    const direction = nesterov ? f32x4.add(g, f32x4.mul(momentum, m)) : m;
    const before = v128.load(w);
    const after = f32x4.sub(before, f32x4.add(f32x4.mul(decay, before), f32x4.mul(step, direction)));
    v128.store(first, m);
    v128.store(gradient, zeros);
    v128.store(w, after);
    const change = f32x4.sub(after, before);
    changed = f32x4.add(changed, f32x4.mul(change, change));
    held = f32x4.add(held, f32x4.mul(after, after));
    gradient += 16;
    first += 16;
  }
  storeChange(changes, chunk, sumOfLanes(changed), sumOfLanes(held));
}
