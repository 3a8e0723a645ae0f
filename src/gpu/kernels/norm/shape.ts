/** The interface of `norm`. */
import type { Tensor } from '../../../graph/tensor';

export interface NormInputs {
  /** [M, C]. */
  readonly x: Tensor;
  /** [C]. */
  readonly gain: Tensor;
  readonly shift?: Tensor | undefined;
  /** [M, C], added after the norm. */
  readonly residual?: Tensor | undefined;
}

export interface NormOutputs {
  readonly y: Tensor;
}

export interface NormAttributes {
  readonly kind: 'rms' | 'layer';
  readonly epsilon: number;
}
