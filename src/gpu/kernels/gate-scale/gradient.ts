/** The gradient of `gateScale`, and of the load-balancing loss that has no node of its own: twin.ts has the formulas. */
import type { Operation } from '../../../graph/operation';
import {
  type GateScaleAttributes,
  type GateScaleGradientInputs,
  type GateScaleGradientOutputs,
  gateScaleGradientOutputs,
  gateScaleSizes,
} from './shape';
import { gateScaleGradientTwin } from './twin';

export const gateScaleGradient: Operation<GateScaleGradientInputs, GateScaleGradientOutputs, GateScaleAttributes> = {
  name: 'gateScaleGradient',
  outputs: gateScaleGradientOutputs,
  /** Two products and a sum an element; about ten operations a score. */
  flops: ({ inputs }) => {
    const { M, F, E } = gateScaleSizes(inputs);
    return M * (3 * F + 10 * E);
  },
  twin: gateScaleGradientTwin,
  variants: [],
  fetchVariants: async () => (await import('./variants')).gateScaleGradientVariants,
};
