/** The interface of `activate`, of its gradient, and their sizes. */
import { axis, elements, type Tensor } from '../../../graph/tensor';

export type ActivationKind = 'silu' | 'gelu' | 'relu';

/** Numbers of the activations in the kernels. */
export const activationCodes = { silu: 1, gelu: 2, relu: 3 } as const satisfies Record<ActivationKind, number>;

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

export interface ActivateGradientInputs extends ActivateInputs {
  /** [M, F], of y. */
  readonly gradient: Tensor;
  /** [n, F] each, added to. */
  readonly scaleGradient?: Tensor | undefined;
  readonly offsetGradient?: Tensor | undefined;
}

export interface ActivateGradientOutputs {
  /** The shape of h. */
  readonly dh: Tensor;
}

export function activateSizes(inputs: ActivateInputs, { gated }: ActivateAttributes): { M: number; F: number } {
  const width = axis(inputs.h, -1);
  return { M: elements(inputs.h.shape) / width, F: gated ? width / 2 : width };
}
