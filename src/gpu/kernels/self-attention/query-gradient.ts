/**
 * The first half of attention's gradient: the queries'. A row needs only its own statistics and the keys that it sees, so
 * rows stay independent; delta is kept beside the log-sum-exp for the second half.
 */
import type { Launch, Node, Operation, Variant } from '../../../graph/operation';
import { rowsOf } from '../attention/heads';
import { expectShape } from '../expect-shape';
import { grid } from '../grid';
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
import groupKernel from './query-gradient-group.wgsl?raw';
import headKernel from './query-gradient-head-thread.wgsl?raw';
import naiveKernel from './query-gradient-naive.wgsl?raw';
import tileKernel from './query-gradient-tile-thread.wgsl?raw';
import { queryGradientTwin } from './query-gradient-twin';
import type { QueryGradientInputs, QueryGradientOutputs, SelfAttentionAttributes } from './shape';

type QueryGradientNode = Node<QueryGradientInputs, QueryGradientOutputs, SelfAttentionAttributes>;
type QueryGradientVariant = Variant<QueryGradientInputs, QueryGradientOutputs, SelfAttentionAttributes>;

const bindings = ['heads', 'gradient', 'out', 'logSumExp', 'cursor', 'headsGradient', 'statistics'] as const;

const naive: QueryGradientVariant = {
  name: 'naive',
  family: 'naive',
  wgsl: naiveKernel,
  bindings,
  supports: () => true,
  launch: (node) => launch(node, Math.ceil((rowsOf(node.inputs.heads) * node.attributes.heads) / 64)),
};

const headThread: QueryGradientVariant = {
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

const tileThread: QueryGradientVariant = {
  name: 'tile-thread',
  family: 'thread',
  wgsl: tileKernel,
  bindings,
  supports: ({ attributes }) => attributes.headSize % 4 === 0,
  launch: (node) => launch(node, blocksOf(node.attributes, node.attributes.heads, node.inputs.heads, threadRows)),
};

const group: QueryGradientVariant = {
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

function launch({ inputs, outputs, attributes }: QueryGradientNode, workgroups: number): Launch {
  return {
    uniforms: sizes(attributes, inputs.heads),
    tensors: { ...inputs, headsGradient: outputs.headsGradient, statistics: outputs.statistics },
    workgroups: grid(workgroups),
  };
}

export const selfAttentionQueryGradient: Operation<QueryGradientInputs, QueryGradientOutputs, SelfAttentionAttributes> =
  {
    name: 'selfAttentionQueryGradient',
    outputs: ({ heads, gradient, out, logSumExp, cursor }, attributes) => {
      expectSelfAttention('selfAttentionQueryGradient', attributes, heads, cursor);
      const M = rowsOf(heads);
      const { heads: H, headSize: D } = attributes;
      for (const tensor of [gradient, out]) {
        expectShape('selfAttentionQueryGradient', tensor, [M, H * D], 'H · D columns, the rows of heads');
      }
      expectShape('selfAttentionQueryGradient', logSumExp, [M, H], 'one value a head');
      return {
        headsGradient: { shape: heads.shape, element: 'f32' },
        statistics: { shape: [M, H, 2], element: 'f32' },
      };
    },
    /** The score and the weight's gradient again, and the sum over the keys. */
    flops: ({ inputs, attributes }) => 6 * pairsOf(attributes, inputs.heads) * attributes.headSize,
    twin: queryGradientTwin,
    variants: [naive, headThread, tileThread, group],
  };
