/** The interface of `activate` and its sizes. */
import { axis, elements, type Tensor } from '../../../graph/tensor';

export type ActivationKind = 'silu' | 'gelu' | 'relu';

export interface ActivateInputs {
  /** [M, F], or [M, 2F] when gated: the gate first. */
  readonly h: Tensor;
  /** [n, F] each; absent with a single branch. */
  readonly scale?: Tensor | undefined;
  readonly offset?: Tensor | undefined;
}

export interface ActivateOutputs {
  readonly y: Tensor;
}

export interface ActivateAttributes {
  readonly kind: ActivationKind;
  readonly gated: boolean;
  /** n. */
  readonly branches: number;
}

export function activateSizes(inputs: ActivateInputs, { gated }: ActivateAttributes): { M: number; F: number } {
  const width = axis(inputs.h, -1);
  return { M: elements(inputs.h.shape) / width, F: gated ? width / 2 : width };
}
