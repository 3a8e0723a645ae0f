/**
 * What the kernels over the flat buffers f32[P] share. A chunk is 256 elements of one parameter and one group; a unit is
 * `chunksEach` chunks in a row, and what it leaves of a chunk is the chunk's own, so threads never meet. The places in the
 * record of a step are those of src/gpu/kernels/gradient-norm/record.ts.
 */

/** Chunks of a unit: 16 KiB of each buffer. */
export const chunksEach: i32 = 16;

/** Bytes of a chunk. */
export const chunkBytes: usize = 1024;

/** Group of a chunk that is left to another optimiser. */
export const otherOptimiser: u32 = 0xffffffff;

/** Most parameter groups. */
export const mostGroups: i32 = 12;

/** Byte offsets in the record, f32[32]. */
export namespace RecordAt {
  export const clip: usize = 8;
  export const finite: usize = 12;
  export const groups: usize = 32;
  export const learningRate: usize = 80;
  export const beta1: usize = 84;
  export const beta2: usize = 88;
  export const epsilon: usize = 92;
  export const correction1: usize = 96;
  export const correction2: usize = 100;
  export const momentum: usize = 108;
  export const nesterov: usize = 112;
}

export function chunkEnd(unitEnd: i32, chunks: i32): i32 {
  return min(unitEnd * chunksEach, chunks);
}

/** Whether the step may change anything. */
export function moves(record: usize): bool {
  return load<f32>(record, RecordAt.finite) === 1;
}

/** Learning rate of a group; `rules` is f32[n,4]: factor of the rate, weight decay, 0, 0. */
export function rateOf(record: usize, rules: usize, group: u32): f32 {
  return load<f32>(record, RecordAt.learningRate) * load<f32>(rules + ((group as usize) << 4));
}

export function decayOf(rules: usize, group: u32): f32 {
  return load<f32>(rules + ((group as usize) << 4), 4);
}

/** changes[chunk] = (Σ Δw², Σ w²). */
export function storeChange(changes: usize, chunk: i32, changed: f32, held: f32): void {
  const place = changes + ((chunk as usize) << 3);
  store<f32>(place, changed);
  store<f32>(place, held, 4);
}
