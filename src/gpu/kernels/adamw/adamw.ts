/**
 * AdamW in one dispatch over all parameters, as PyTorch has it: decoupled weight decay, the moments' bias corrected.
 *
 *   m ← m + (1 − β₁)(g − m),  v ← β₂ v + (1 − β₂) g²,  w ← w (1 − lr · decay) − lr / c₁ · m / (√v / √c₂ + ε)
 *
 * g is the gradient times the clip factor; the dispatch also sets the gradient to 0. The scalars of the step (lr, betas,
 * corrections c₁ and c₂) ride in `record`, where `stepRecord` copied them: with nine storage bindings it would not run
 * everywhere. Source: Loshchilov and Hutter, "Decoupled weight decay regularization" (1711.05101), algorithm 2.
 */
import type { Launch, Memory, Node, Operation, Variant } from '../../../graph/operation';
import { elements, type Tensor } from '../../../graph/tensor';
import {
  type OptimiserInputs,
  type OptimiserOutputs,
  optimiserOutputs,
  optimiserUniforms,
  walkChunks,
} from '../gradient-norm/optimiser';
import { chunksOf, recordAt, updateAt } from '../gradient-norm/record';
import { grid } from '../grid';
import groupKernel from './group.wgsl?raw';
import naiveKernel from './naive.wgsl?raw';
import threadKernel from './thread.wgsl?raw';

export interface AdamwInputs extends OptimiserInputs {
  /** f32[P]: second moment. */
  readonly second: Tensor;
}

type AdamwNode = Node<AdamwInputs, OptimiserOutputs, object>;
type AdamwVariant = Variant<AdamwInputs, OptimiserOutputs, object>;

function variant(
  name: string,
  family: AdamwVariant['family'],
  wgsl: string,
  chunksEachWorkgroup: number,
): AdamwVariant {
  return {
    name,
    family,
    wgsl,
    bindings: ['parameters', 'gradients', 'first', 'second', 'groups', 'rules', 'record', 'changes'],
    supports: () => true,
    launch: ({ inputs, outputs }: AdamwNode): Launch => ({
      uniforms: optimiserUniforms(inputs),
      tensors: { ...inputs, ...outputs },
      workgroups: grid(Math.ceil(chunksOf(inputs.parameters) / chunksEachWorkgroup)),
    }),
  };
}

function adamwTwin(inputs: Memory<AdamwInputs>, { changes }: Memory<OptimiserOutputs>): void {
  const { parameters, first, second, record } = inputs;
  const scalar = (key: keyof typeof updateAt) => record[recordAt.update + updateAt[key]] as number;
  const [beta1, beta2, epsilon] = [scalar('beta1'), scalar('beta2'), scalar('epsilon')];
  const [correction1, correction2] = [scalar('correction1'), scalar('correction2')];
  walkChunks(inputs, changes, (i, gradient, keep, rate) => {
    const m = (first[i] as number) + (1 - beta1) * (gradient - (first[i] as number));
    const v = beta2 * (second[i] as number) + (1 - beta2) * (gradient * gradient);
    first[i] = m;
    second[i] = v;
    return (
      (parameters[i] as number) * keep - ((rate / correction1) * m) / (Math.sqrt(v) / Math.sqrt(correction2) + epsilon)
    );
  });
}

export const adamw: Operation<AdamwInputs, OptimiserOutputs, object> = {
  name: 'adamw',
  updates: ['parameters', 'gradients', 'first', 'second'],
  outputs: (inputs) => optimiserOutputs('adamw', inputs),
  flops: ({ inputs }) => 18 * elements(inputs.parameters.shape),
  /** The four flat buffers are read and written. */
  traffic: ({ inputs }) => {
    const bytes = 16 * elements(inputs.parameters.shape);
    return { bytesRead: bytes, bytesWritten: bytes };
  },
  twin: adamwTwin,
  variants: [
    variant('naive', 'naive', naiveKernel, 64),
    variant('chunk-thread', 'thread', threadKernel, 16),
    variant('group', 'group', groupKernel, 1),
  ],
};
