/** The gradient of `expertLinear` with respect to its input, with what was collected of it so far. `gradient-shapes.ts` has the formula. */
import type { Operation } from '../../../graph/operation';
import {
  type ExpertLinearInputGradientAttributes,
  type ExpertLinearInputGradientInputs,
  type ExpertLinearInputGradientOutputs,
  inputGradientOutputs,
  inputGradientSizes,
} from './gradient-shapes';
import { inputGradientTwin } from './gradient-twins';

export const expertLinearInputGradient: Operation<
  ExpertLinearInputGradientInputs,
  ExpertLinearInputGradientOutputs,
  ExpertLinearInputGradientAttributes
> = {
  name: 'expertLinearInputGradient',
  outputs: inputGradientOutputs,
  flops: ({ inputs }) => {
    const { M, N, K } = inputGradientSizes(inputs);
    return 2 * M * N * K;
  },
  twin: inputGradientTwin,
  variants: [],
  fetchVariants: async () => (await import('./gradient-variants')).inputGradientVariants,
};
