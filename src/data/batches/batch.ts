/**
 * One batch as the training program reads it. Row b of the batch is positions b·T … b·T + T − 1 of each array.
 */

/** A target that is not counted. */
export const notCounted = 0xffffffff;

export interface Batch {
  /** u32[B·T] */
  readonly ids: Uint32Array<ArrayBuffer>;
  /** u32[B·T]: the id that follows, or `notCounted`. */
  readonly targets: Uint32Array<ArrayBuffer>;
  /** u32[B·T]: positions sorted by id, equal ids by position; what the embedding's gradient walks along. */
  readonly order: Uint32Array<ArrayBuffer>;
  /** Targets that are counted. */
  readonly counted: number;
}

/** Positions of `ids` sorted by id, ties by position: a counting sort, linear in positions and largest id. */
export function sortedOrder(ids: Uint32Array): Uint32Array<ArrayBuffer> {
  let largest = 0;
  for (let i = 0; i < ids.length; i += 1) largest = Math.max(largest, ids[i] as number);
  const next = new Uint32Array(largest + 2);
  for (let i = 0; i < ids.length; i += 1) next[(ids[i] as number) + 1] = (next[(ids[i] as number) + 1] as number) + 1;
  for (let id = 1; id < next.length; id += 1) next[id] = (next[id] as number) + (next[id - 1] as number);
  const order = new Uint32Array(ids.length);
  for (let i = 0; i < ids.length; i += 1) {
    const id = ids[i] as number;
    const at = next[id] as number;
    order[at] = i;
    next[id] = at + 1;
  }
  return order;
}

export function countTargets(targets: Uint32Array): number {
  let counted = 0;
  for (let i = 0; i < targets.length; i += 1) if (targets[i] !== notCounted) counted += 1;
  return counted;
}
