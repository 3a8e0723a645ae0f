/** The interface of `dropout`. */
import type { Tensor } from '../../../graph/tensor';

export interface DropoutInputs {
  readonly x: Tensor;
  /** The shape of x, added after dropping. */
  readonly residual?: Tensor | undefined;
  /** u32[4] = [seed, step, 0, 0]: what changes from run to run. */
  readonly draw: Tensor;
}

export interface DropoutOutputs {
  /** The shape of x. */
  readonly out: Tensor;
}

export interface DropoutAttributes {
  /** Share of the elements that is dropped, in [0, 1). */
  readonly rate: number;
  /** u32, one for every place in the model, so that no two draw the same numbers. */
  readonly stream: number;
  readonly residualScale: number;
}
