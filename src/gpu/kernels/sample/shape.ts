/** The interface of `sample`. */
import type { Tensor } from '../../../graph/tensor';

export interface SampleInputs {
  /** [1, V]. */
  readonly logits: Tensor;
  /** u32[8]: seed, topK, bits(temperature), bits(topP), then zeros. */
  readonly settings: Tensor;
  /** u32[4]: position, rows, prefix length, 0. Updated: the next position, 1 row. */
  readonly cursor: Tensor;
  /** u32[1]. Updated: the chosen id. */
  readonly token: Tensor;
}

export interface SampleOutputs {
  /** u32[24], see top-tokens/record.ts. */
  readonly record: Tensor;
}
