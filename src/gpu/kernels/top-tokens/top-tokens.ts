/**
 * The ten best tokens of each row of logits, with the entropy of the row: what each layer would say (the lens), and what the
 * page lists beside a prompt. The record's id is the best token, its position is 0.
 */
import type { Node, Operation, Variant } from '../../../graph/operation';
import { axis, elements } from '../../../graph/tensor';
import { grid } from '../grid';
import groupKernel from './group.wgsl?raw';
import naiveKernel from './naive.wgsl?raw';
import { recordLength } from './record';
import type { TopTokensInputs, TopTokensOutputs } from './shape';
import { topTokensTwin } from './twin';

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

export const topTokens: Operation<TopTokensInputs, TopTokensOutputs, object> = {
  name: 'topTokens',
  outputs: ({ logits }) => ({
    records: { shape: [elements(logits.shape) / axis(logits, -1), recordLength], element: 'u32' },
  }),
  /** An exponential, two sums and a product a logit. */
  flops: ({ inputs }) => 6 * elements(inputs.logits.shape),
  twin: topTokensTwin,
  variants: [naive, group],
};
