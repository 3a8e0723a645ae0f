/**
 * A learned gate's share of an expert's output, for each row: out[r] = softmax(scores[r])[expert[r]] · h[r]. `shape.ts` has where it
 * stands and where it comes from.
 */
import type { Operation } from '../../../graph/operation';
import { gateScaleGradient } from './gradient';
import {
  type GateScaleAttributes,
  type GateScaleInputs,
  type GateScaleOutputs,
  gateScaleOutputs,
  gateScaleSizes,
} from './shape';
import { gateScaleTwin } from './twin';

export const gateScale: Operation<GateScaleInputs, GateScaleOutputs, GateScaleAttributes> = {
  name: 'gateScale',
  outputs: gateScaleOutputs,
  /** An exponential, a difference and a sum a score; a product an element. */
  flops: ({ inputs }) => {
    const { M, F, E } = gateScaleSizes(inputs);
    return M * (F + 3 * E);
  },
  twin: gateScaleTwin,
  gradient: ({ name, inputs, outputs, attributes }, back) => {
    const gradient = back.of(outputs.out);
    if (!gradient) return;
    const { dh, dscores } = back.add(gateScaleGradient, `${name}.gradient`, { ...inputs, gradient }, attributes);
    back.give(inputs.h, dh);
    back.give(inputs.scores, dscores);
  },
  variants: [],
  fetchVariants: async () => (await import('./variants')).gateScaleVariants,
};
