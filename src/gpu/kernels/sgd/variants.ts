/** How the kernels of `sgd` are launched. */
import type { Launch, Node, Variant } from '../../../graph/operation';
import { type OptimiserInputs, type OptimiserOutputs, optimiserUniforms } from '../gradient-norm/optimiser';
import { chunksOf } from '../gradient-norm/record';
import { grid } from '../grid';
import groupKernel from './group.wgsl?raw';
import naiveKernel from './naive.wgsl?raw';
import threadKernel from './thread.wgsl?raw';

type SgdNode = Node<OptimiserInputs, OptimiserOutputs, object>;
type SgdVariant = Variant<OptimiserInputs, OptimiserOutputs, object>;

function variant(name: string, family: SgdVariant['family'], wgsl: string, chunksEachWorkgroup: number): SgdVariant {
  return {
    name,
    family,
    wgsl,
    bindings: ['parameters', 'gradients', 'first', 'groups', 'rules', 'record', 'changes'],
    supports: () => true,
    launch: ({ inputs, outputs }: SgdNode): Launch => ({
      uniforms: optimiserUniforms(inputs),
      tensors: { ...inputs, ...outputs },
      workgroups: grid(Math.ceil(chunksOf(inputs.parameters) / chunksEachWorkgroup)),
    }),
  };
}

export const sgdVariants: readonly SgdVariant[] = [
  variant('naive', 'naive', naiveKernel, 64),
  variant('chunk-thread', 'thread', threadKernel, 16),
  variant('group', 'group', groupKernel, 1),
];
