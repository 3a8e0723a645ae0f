/**
 * One batch as the training program reads it. Row b of the batch is positions b·T … b·T + T − 1 of each array.
 */

import { notCounted } from '../../gpu/kernels/cross-entropy/shape';

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

export function countTargets(targets: Uint32Array): number {
  let counted = 0;
  for (let i = 0; i < targets.length; i += 1) if (targets[i] !== notCounted) counted += 1;
  return counted;
}
