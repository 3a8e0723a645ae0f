/**
 * The matrix product that every layer uses, with what stands before it (a norm) and after it (bias, activation, a second
 * product, a residual, the gate of an FFN) in the same dispatch. `shape.ts` has the formula.
 *
 * The ladder: `naive` is the definition; `matvec` kernels serve a token and read each weight once; `matmul` kernels serve
 * many rows of x and reuse each weight. Each comes for threads alone and for workgroups; `matmul-quad` lets four threads share
 * what they load, where subgroups allow it.
 */
import type { Operation } from '../../../graph/operation';
import { linearGradient } from './gradient';
import { type LinearAttributes, type LinearInputs, type LinearOutputs, linearOutputs, linearSizes } from './shape';
import { linearTwin } from './twin';
import { matmulGroup, matmulQuad, matmulThread, matvecGroup, matvecThread, naive } from './variants';

export const linear: Operation<LinearInputs, LinearOutputs, LinearAttributes> = {
  name: 'linear',
  outputs: linearOutputs,
  /** Of the products; the work of norms, activations and residuals is a hundredth of it. */
  flops: (node) => {
    const { M, N, K, columns, K2 } = linearSizes(node.inputs, node.attributes);
    return 2 * M * (N * K + columns * K2);
  },
  twin: linearTwin,
  gradient: linearGradient,
  variants: [naive, matvecThread, matvecGroup, matmulQuad, matmulThread, matmulGroup],
};
