/** The interface of `norm` and of its gradient. */
import type { Tensor } from '../../../graph/tensor';

export type NormKind = 'rms' | 'layer';

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
  /** [M, 2] = (mean, 0 for RMSNorm; 1 / √(var + ε)); kept for the gradient when asked for. */
  readonly statistics?: Tensor | undefined;
}

export interface NormAttributes {
  readonly kind: NormKind;
  readonly epsilon: number;
  /** A graph that is trained keeps the statistics of its rows. */
  readonly keepStatistics?: boolean;
}

export interface NormGradientInputs {
  /** [M, C], of y. */
  readonly gradient: Tensor;
  /** [M, C]. */
  readonly x: Tensor;
  /** [M, 2], as `norm` keeps them. */
  readonly statistics: Tensor;
  /** [C]. */
  readonly gain: Tensor;
  /** [M, C], added to dx: what other consumers of x gave. */
  readonly residual?: Tensor | undefined;
  /** [C], added to. */
  readonly gainGradient?: Tensor | undefined;
  readonly shiftGradient?: Tensor | undefined;
}

export interface NormGradientOutputs {
  /** [M, C]. */
  readonly dx: Tensor;
}

export interface NormGradientAttributes {
  readonly kind: NormKind;
  readonly residualScale: number;
}
