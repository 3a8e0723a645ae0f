/**
 * The two ends of Muon's step, over the chunks that hold matrices; `lengths` says how many elements of a chunk do, 0 leaves it
 * alone. g is the gradient times the clip factor.
 *
 *   muonLook   m ← momentum · m + g,  look = g + momentum · m,  gradient ← 0
 *   muonApply  w ← w − (lr · decay · w + lr · iterate),  changes[P/256] = (Σ Δw², Σ w²)
 *
 * In a step that is not finite nothing changes, look is 0 and so are the changes. A unit is `chunksEach` chunks.
 */
import { chunkBytes, chunkEnd, chunksEach, decayOf, moves, RecordAt, rateOf, storeChange } from './chunks';
import { sumOfLanes } from './lanes';

/** Arguments: gradients, first, lengths, record, look, chunks, momentum. */
export function muonLook(args: usize, begin: i32, end: i32, _scratch: usize): void {
  const lengths = load<u32>(args, 8) as usize;
  const record = load<u32>(args, 12) as usize;
  const isMoving = moves(record);
  const clip = v128.load32_splat(record, RecordAt.clip);
  const momentum = v128.load32_splat(args, 24);
  const zeros = f32x4.splat(0);
  const last = chunkEnd(end, load<i32>(args, 20));
  for (let chunk = begin * chunksEach; chunk < last; chunk++) {
    if (load<u32>(lengths + ((chunk as usize) << 2)) === 0) continue;
    const start = (chunk as usize) * chunkBytes;
    let look = (load<u32>(args, 16) as usize) + start;
    if (!isMoving) {
      memory.fill(look, 0, chunkBytes);
      continue;
    }
    let gradient = (load<u32>(args) as usize) + start;
    let first = (load<u32>(args, 4) as usize) + start;
    for (const stop = look + chunkBytes; look < stop; look += 16) {
      const g = f32x4.mul(clip, v128.load(gradient));
      const m = f32x4.add(f32x4.mul(momentum, v128.load(first)), g);
      v128.store(first, m);
      v128.store(gradient, zeros);
      v128.store(look, f32x4.add(g, f32x4.mul(momentum, m)));
      gradient += 16;
      first += 16;
    }
  }
}

/** Words of the arguments of `muonApply`. */
namespace Word {
  export const parameters: usize = 0;
  export const iterate: usize = 4;
  export const groups: usize = 8;
  export const lengths: usize = 12;
  export const rules: usize = 16;
  export const record: usize = 20;
  export const changes: usize = 24;
  export const chunks: usize = 28;
}

export function muonApply(args: usize, begin: i32, end: i32, _scratch: usize): void {
  const groups = load<u32>(args, Word.groups) as usize;
  const lengths = load<u32>(args, Word.lengths) as usize;
  const changes = load<u32>(args, Word.changes) as usize;
  const isMoving = moves(load<u32>(args, Word.record) as usize);
  const last = chunkEnd(end, load<i32>(args, Word.chunks));
  for (let chunk = begin * chunksEach; chunk < last; chunk++) {
    const length = load<u32>(lengths + ((chunk as usize) << 2)) as usize;
    if (length === 0) continue;
    if (isMoving) moveChunk(args, chunk, load<u32>(groups + ((chunk as usize) << 2)), length, changes);
    else storeChange(changes, chunk, 0, 0);
  }
}

/** The first `length` elements of a chunk, four at a time and then one by one. */
function moveChunk(args: usize, chunk: i32, group: u32, length: usize, changes: usize): void {
  const record = load<u32>(args, Word.record) as usize;
  const rules = load<u32>(args, Word.rules) as usize;
  const rate = rateOf(record, rules, group);
  const decay = rate * decayOf(rules, group);
  const rates = f32x4.splat(rate);
  const decays = f32x4.splat(decay);
  const start = (chunk as usize) * chunkBytes;
  let w = (load<u32>(args, Word.parameters) as usize) + start;
  let iterate = (load<u32>(args, Word.iterate) as usize) + start;
  const end = w + (length << 2);
  let changedLanes = f32x4.splat(0);
  let heldLanes = changedLanes;
  for (; w + 16 <= end; w += 16) {
    const before = v128.load(w);
    const move = f32x4.add(f32x4.mul(decays, before), f32x4.mul(rates, v128.load(iterate)));
    const after = f32x4.sub(before, move);
    v128.store(w, after);
    const change = f32x4.sub(after, before);
    changedLanes = f32x4.add(changedLanes, f32x4.mul(change, change));
    heldLanes = f32x4.add(heldLanes, f32x4.mul(after, after));
    iterate += 16;
  }
  let changed = sumOfLanes(changedLanes);
  let held = sumOfLanes(heldLanes);
  for (; w < end; w += 4) {
    const before = load<f32>(w);
    const after = before - (decay * before + rate * load<f32>(iterate));
    store<f32>(w, after);
    changed += (after - before) * (after - before);
    held += after * after;
    iterate += 4;
  }
  storeChange(changes, chunk, changed, held);
}
