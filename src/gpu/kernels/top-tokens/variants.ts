/** How the kernels of `topTokens` are launched. */
import type { Node, Variant } from '../../../graph/operation';
import { axis, elements } from '../../../graph/tensor';
import { grid } from '../grid';
import groupKernel from './group.wgsl?raw';
import naiveKernel from './naive.wgsl?raw';
import type { TopTokensInputs, TopTokensOutputs } from './shape';

type TopTokensNode = Node<TopTokensInputs, TopTokensOutputs, object>;
type TopTokensVariant = Variant<TopTokensInputs, TopTokensOutputs, object>;

const bindings = ['logits', 'records'] as const;

const naive: TopTokensVariant = {
  name: 'naive',
  family: 'naive',
  wgsl: naiveKernel,
  bindings,
  supports: () => true,
  launch: (node) => launch(node, Math.ceil(rowsOf(node) / 4)),
};

const group: TopTokensVariant = {
  name: 'group',
  family: 'group',
  wgsl: groupKernel,
  bindings,
  supports: () => true,
  launch: (node) => launch(node, rowsOf(node)),
};

function rowsOf({ inputs: { logits } }: TopTokensNode): number {
  return elements(logits.shape) / axis(logits, -1);
}

function launch(node: TopTokensNode, workgroups: number): ReturnType<TopTokensVariant['launch']> {
  return {
    uniforms: [
      { name: 'M', u32: rowsOf(node) },
      { name: 'V', u32: axis(node.inputs.logits, -1) },
    ],
    tensors: { logits: node.inputs.logits, records: node.outputs.records },
    workgroups: grid(workgroups),
  };
}

export const topTokensVariants: readonly TopTokensVariant[] = [naive, group];
