/**
 * The second half of attention's gradient: keys and values, each the sum over the queries that see it, in a fixed order,
 * so that no sum needs an atomic. It completes the gradient that the first half began.
 */
import type { Launch, Node, Operation, Variant } from '../../../graph/operation';
import { bytesOf } from '../../../graph/tensor';
import { rowsOf } from '../attention/heads';
import { expectShape } from '../expect-shape';
import { grid } from '../grid';
import groupKernel from './key-gradient-group.wgsl?raw';
import headKernel from './key-gradient-head-thread.wgsl?raw';
import naiveKernel from './key-gradient-naive.wgsl?raw';
import tileKernel from './key-gradient-tile-thread.wgsl?raw';
import { keyGradientTwin } from './key-gradient-twin';
import {
  blocksOf,
  expectSelfAttention,
  fitsRegisters,
  groupRows,
  headColumns,
  pairsOf,
  sizes,
  threadRows,
  tileConstants,
} from './layout';
import type { KeyGradientInputs, SelfAttentionAttributes } from './shape';

type KeyGradientNode = Node<KeyGradientInputs, object, SelfAttentionAttributes>;
type KeyGradientVariant = Variant<KeyGradientInputs, object, SelfAttentionAttributes>;

const bindings = ['heads', 'gradient', 'statistics', 'cursor', 'headsGradient'] as const;

const naive: KeyGradientVariant = {
  name: 'naive',
  family: 'naive',
  wgsl: naiveKernel,
  bindings,
  supports: () => true,
  launch: (node) => launch(node, Math.ceil((rowsOf(node.inputs.heads) * node.attributes.groups) / 64)),
};

const headThread: KeyGradientVariant = {
  name: 'head-thread',
  family: 'thread',
  wgsl: headKernel,
  bindings,
  supports: ({ attributes }) => fitsRegisters(attributes),
  launch: (node) => {
    const base = launch(node, blocksOf(node.attributes, node.attributes.groups, node.inputs.heads, threadRows));
    return { ...base, constants: { VECTORS: node.attributes.headSize / 4 } };
  },
};

const tileThread: KeyGradientVariant = {
  name: 'tile-thread',
  family: 'thread',
  wgsl: tileKernel,
  bindings,
  supports: ({ attributes }) => attributes.headSize % 4 === 0,
  launch: (node) => launch(node, blocksOf(node.attributes, node.attributes.groups, node.inputs.heads, threadRows)),
};

const group: KeyGradientVariant = {
  name: 'group',
  family: 'group',
  wgsl: groupKernel,
  bindings,
  supports: ({ attributes }) => attributes.headSize % 4 === 0,
  launch: (node) => {
    const base = launch(node, blocksOf(node.attributes, node.attributes.groups, node.inputs.heads, groupRows));
    return { ...base, constants: tileConstants(node.attributes) };
  },
};

function launch({ inputs, attributes }: KeyGradientNode, workgroups: number): Launch {
  return { uniforms: sizes(attributes, inputs.heads), tensors: { ...inputs }, workgroups: grid(workgroups) };
}

export const selfAttentionKeyGradient: Operation<KeyGradientInputs, object, SelfAttentionAttributes> = {
  name: 'selfAttentionKeyGradient',
  updates: ['headsGradient'],
  outputs: ({ heads, gradient, statistics, cursor, headsGradient }, attributes) => {
    expectSelfAttention('selfAttentionKeyGradient', attributes, heads, cursor);
    const M = rowsOf(heads);
    const { heads: H, headSize: D } = attributes;
    expectShape('selfAttentionKeyGradient', gradient, [M, H * D], 'H · D columns, the rows of heads');
    expectShape('selfAttentionKeyGradient', statistics, [M, H, 2], 'logSumExp and delta of each head');
    expectShape('selfAttentionKeyGradient', headsGradient, [M, headColumns(attributes)], 'the shape of heads');
    return {};
  },
  /** The score and the weight's gradient again, and two sums over the queries. */
  flops: ({ inputs, attributes }) => 8 * pairsOf(attributes, inputs.heads) * attributes.headSize,
  traffic: ({ inputs: { heads, gradient, statistics }, attributes: { groups, headSize } }) => ({
    bytesRead: bytesOf(heads) + bytesOf(gradient) + bytesOf(statistics) + 16,
    bytesWritten: rowsOf(heads) * 2 * groups * headSize * 4,
  }),
  twin: keyGradientTwin,
  variants: [naive, headThread, tileThread, group],
};
