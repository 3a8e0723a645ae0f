/** The interfaces of the two gradients of `expertLinear` in its training form: no slot table, no window, no gate. */
import type { Tensor } from '../../../graph/tensor';

/** dx[r] = dy[r] · weight[expert[r]] + residualScale · residual[r]. */
export interface ExpertLinearInputGradientInputs {
  /** dy [M,N]. */
  readonly gradient: Tensor;
  /** [E·N,K]. */
  readonly weight: Tensor;
  readonly expert: Tensor;
  readonly places: Tensor;
  /** [M,K]: what other consumers of x gave. */
  readonly residual?: Tensor | undefined;
}

export interface ExpertLinearInputGradientOutputs {
  /** [M,K]. */
  readonly dx: Tensor;
}

export interface ExpertLinearInputGradientAttributes {
  readonly residualScale: number;
}

/** weightGradient[e] += Σ over the rows r of expert e of dy[r]ᵀ · x[r]; an expert without rows keeps its gradient. */
export interface ExpertLinearWeightGradientInputs {
  /** dy [M,N]. */
  readonly gradient: Tensor;
  /** [M,K]. */
  readonly x: Tensor;
  readonly places: Tensor;
  /** [E·N,K], added to. */
  readonly weightGradient: Tensor;
}
