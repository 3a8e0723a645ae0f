/**
 * The second half of attention's gradient: keys and values, each the sum over the queries that see it, in a fixed order,
 * so that no sum needs an atomic. It completes the gradient that the first half began.
 */
import type { Operation } from '../../../graph/operation';
import { bytesOf } from '../../../graph/tensor';
import { headColumns, rowsOf } from '../attention/heads';
import { expectShape } from '../expect-shape';
import groupKernel from './key-gradient-group.wgsl?raw';
import headKernel from './key-gradient-head-thread.wgsl?raw';
import naiveKernel from './key-gradient-naive.wgsl?raw';
import tileKernel from './key-gradient-tile-thread.wgsl?raw';
import { keyGradientTwin } from './key-gradient-twin';
import { expectSelfAttention, pairsOf } from './layout';
import type { KeyGradientInputs, SelfAttentionAttributes } from './shape';
import { attentionVariants } from './variants';

const bindings = ['heads', 'gradient', 'statistics', 'cursor', 'headsGradient'] as const;

const kernels = { naive: naiveKernel, head: headKernel, tile: tileKernel, group: groupKernel };

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
  variants: attentionVariants(kernels, bindings, ({ groups }) => groups),
};
