/**
 * The matrix product of a mixture of experts: each row has its expert's matrix. `shape.ts` has the formula.
 *
 * A kernel for many rows works through them expert by expert, in the order of `places`, so that a tile of rows shares its
 * weights; for one token it is a product like any other, at another place of the weight. What a row gets is
 * the same to the last bit in whatever slot its expert lies, whichever window it is computed in and whoever its neighbours are.
 */
import type { Operation } from '../../../graph/operation';
import { bytesOf, elements } from '../../../graph/tensor';
import { expertLinearGradient } from './gradient';
import {
  type ExpertLinearAttributes,
  type ExpertLinearInputs,
  type ExpertLinearOutputs,
  expertLinearOutputs,
  expertLinearSizes,
} from './shape';
import { expertLinearTwin } from './twin';

export const expertLinear: Operation<ExpertLinearInputs, ExpertLinearOutputs, ExpertLinearAttributes> = {
  name: 'expertLinear',
  outputs: expertLinearOutputs,
  /** Of the products, of all rows: what a window leaves out is computed by other runs. */
  flops: (node) => {
    const { M, N, K } = expertLinearSizes(node.inputs, node.attributes);
    return 2 * M * N * K;
  },
  /** Of the weight, the matrices of as many experts as M rows can have at most. */
  traffic: ({ inputs, outputs, attributes }, bytesPerWeight) => {
    const { M, N, E } = expertLinearSizes(inputs, attributes);
    const { weight, ...others } = inputs;
    const share = (Math.min(M, E) * N) / (weight.shape[0] as number);
    const small = Object.values(others).reduce((sum, tensor) => sum + (tensor ? bytesOf(tensor) : 0), 0);
    return {
      bytesRead: small + Math.min(share, 1) * bytesOf(weight, bytesPerWeight),
      bytesWritten: 4 * elements(outputs.y.shape),
    };
  },
  twin: expertLinearTwin,
  gradient: expertLinearGradient,
  variants: [],
  fetchVariants: async () => (await import('./variants')).expertLinearVariants,
};
