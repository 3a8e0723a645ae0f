/**
 * SGD with momentum in one dispatch over all parameters, as PyTorch has it, but with decoupled weight decay as AdamW's:
 *
 *   m ← momentum · m + g,  w ← w (1 − lr · decay) − lr · m, or − lr · (g + momentum · m) with Nesterov's look ahead
 *
 * g is the gradient times the clip factor; the dispatch also sets the gradient to 0. Momentum 0 is plain SGD. The scalars of
 * the step ride in `record`, see adamw.ts.
 */
import type { Memory, Operation } from '../../../graph/operation';
import { elements } from '../../../graph/tensor';
import { type OptimiserInputs, type OptimiserOutputs, optimiserOutputs, walkChunks } from '../gradient-norm/optimiser';
import { recordAt, updateAt } from '../gradient-norm/record';

function sgdTwin(inputs: Memory<OptimiserInputs>, { changes }: Memory<OptimiserOutputs>): void {
  const { parameters, first, record } = inputs;
  const momentum = record[recordAt.update + updateAt.momentum] as number;
  const nesterov = record[recordAt.update + updateAt.nesterov] === 1;
  walkChunks(inputs, changes, (i, gradient, keep, rate) => {
    const m = momentum * (first[i] as number) + gradient;
    first[i] = m;
    return (parameters[i] as number) * keep - rate * (nesterov ? gradient + momentum * m : m);
  });
}

export const sgd: Operation<OptimiserInputs, OptimiserOutputs, object> = {
  name: 'sgd',
  updates: ['parameters', 'gradients', 'first'],
  outputs: (inputs) => optimiserOutputs('sgd', inputs),
  flops: ({ inputs }) => 10 * elements(inputs.parameters.shape),
  /** The three flat buffers are read and written. */
  traffic: ({ inputs }) => {
    const bytes = 12 * elements(inputs.parameters.shape);
    return { bytesRead: bytes, bytesWritten: bytes };
  },
  twin: sgdTwin,
  variants: [],
  fetchVariants: async () => (await import('./variants')).sgdVariants,
};
