/**
 * Attention of a training step: every row of every sequence against the keys of its own sequence,
 * out = softmax(q·kᵀ / √D + mask) · v, with the online softmax, so that no T × T matrix exists. It keeps the log-sum-exp of
 * every row, from which the gradients recompute the weights. Source: FlashAttention (2205.14135).
 *
 * There is no cache here; `attention` serves prompts.
 */
import type { Launch, Node, Operation, Variant } from '../../../graph/operation';
import { rowsOf } from '../attention/heads';
import { grid } from '../grid';
import groupKernel from './group.wgsl?raw';
import headKernel from './head-thread.wgsl?raw';
import { selfAttentionKeyGradient } from './key-gradient';
import {
  blocksOf,
  expectSelfAttention,
  fitsRegisters,
  groupRows,
  pairsOf,
  sizes,
  threadRows,
  tileConstants,
} from './layout';
import naiveKernel from './naive.wgsl?raw';
import { selfAttentionQueryGradient } from './query-gradient';
import type { SelfAttentionAttributes, SelfAttentionInputs, SelfAttentionOutputs } from './shape';
import tileKernel from './tile-thread.wgsl?raw';
import { selfAttentionTwin } from './twin';

type SelfAttentionNode = Node<SelfAttentionInputs, SelfAttentionOutputs, SelfAttentionAttributes>;
type SelfAttentionVariant = Variant<SelfAttentionInputs, SelfAttentionOutputs, SelfAttentionAttributes>;

const bindings = ['heads', 'cursor', 'out', 'logSumExp'] as const;

const naive: SelfAttentionVariant = {
  name: 'naive',
  family: 'naive',
  wgsl: naiveKernel,
  bindings,
  supports: () => true,
  launch: (node) => launch(node, Math.ceil((rowsOf(node.inputs.heads) * node.attributes.heads) / 64)),
};

const headThread: SelfAttentionVariant = {
  name: 'head-thread',
  family: 'thread',
  wgsl: headKernel,
  bindings,
  supports: ({ attributes }) => fitsRegisters(attributes),
  launch: (node) => {
    const base = launch(node, blocksOf(node.attributes, node.attributes.heads, node.inputs.heads, threadRows));
    return { ...base, constants: { VECTORS: node.attributes.headSize / 4 } };
  },
};

const tileThread: SelfAttentionVariant = {
  name: 'tile-thread',
  family: 'thread',
  wgsl: tileKernel,
  bindings,
  supports: ({ attributes }) => attributes.headSize % 4 === 0,
  launch: (node) => launch(node, blocksOf(node.attributes, node.attributes.heads, node.inputs.heads, threadRows)),
};

const group: SelfAttentionVariant = {
  name: 'group',
  family: 'group',
  wgsl: groupKernel,
  bindings,
  supports: ({ attributes }) => attributes.headSize % 4 === 0,
  launch: (node) => {
    const base = launch(node, blocksOf(node.attributes, node.attributes.heads, node.inputs.heads, groupRows));
    return { ...base, constants: tileConstants(node.attributes) };
  },
};

function launch({ inputs, outputs, attributes }: SelfAttentionNode, workgroups: number): Launch {
  return {
    uniforms: sizes(attributes, inputs.heads),
    tensors: { heads: inputs.heads, cursor: inputs.cursor, out: outputs.out, logSumExp: outputs.logSumExp },
    workgroups: grid(workgroups),
  };
}

export const selfAttention: Operation<SelfAttentionInputs, SelfAttentionOutputs, SelfAttentionAttributes> = {
  name: 'selfAttention',
  outputs: ({ heads, cursor }, attributes) => {
    expectSelfAttention('selfAttention', attributes, heads, cursor);
    const M = rowsOf(heads);
    return {
      out: { shape: [M, attributes.heads * attributes.headSize], element: 'f32' },
      logSumExp: { shape: [M, attributes.heads], element: 'f32' },
    };
  },
  /** A product with the key and one with the value for each pair that the causal mask shows. */
  flops: ({ inputs, attributes }) => 4 * pairsOf(attributes, inputs.heads) * attributes.headSize,
  twin: selfAttentionTwin,
  gradient: ({ name, inputs: { heads, cursor }, outputs: { out, logSumExp }, attributes }, back) => {
    const gradient = back.of(out);
    if (!gradient || !back.wants(heads)) return;
    const { headsGradient, statistics } = back.add(
      selfAttentionQueryGradient,
      `${name}.queryGradient`,
      { heads, gradient, out, logSumExp, cursor },
      attributes,
    );
    const inputs = { heads, gradient, statistics, cursor, headsGradient };
    back.add(selfAttentionKeyGradient, `${name}.keyGradient`, inputs, attributes);
    back.give(heads, headsGradient);
  },
  variants: [naive, headThread, tileThread, group],
};
