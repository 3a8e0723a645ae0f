/** The interface of `add`. */
import type { Tensor } from '../../../graph/tensor';

export interface AddInputs {
  readonly a: Tensor;
  /** The shape of a. */
  readonly b?: Tensor | undefined;
}

export interface AddOutputs {
  /** The shape of a. */
  readonly out: Tensor;
}

export interface AddAttributes {
  readonly scaleA: number;
  readonly scaleB: number;
}
