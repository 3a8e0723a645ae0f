/** The gradient of `expertLinear` with respect to the experts' matrices, added to their accumulator. `gradient-shapes.ts` has the formula. */
import type { Operation } from '../../../graph/operation';
import { type ExpertLinearWeightGradientInputs, weightGradientOutputs, weightGradientSizes } from './gradient-shapes';
import { weightGradientTwin } from './gradient-twins';

export const expertLinearWeightGradient: Operation<ExpertLinearWeightGradientInputs, object, object> = {
  name: 'expertLinearWeightGradient',
  updates: ['weightGradient'],
  outputs: weightGradientOutputs,
  flops: ({ inputs }) => {
    const { M, N, K } = weightGradientSizes(inputs);
    return 2 * M * N * K;
  },
  twin: weightGradientTwin,
  variants: [],
  fetchVariants: async () => (await import('./gradient-variants')).weightGradientVariants,
};
