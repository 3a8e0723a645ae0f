/**
 * The first half of attention's gradient: the queries'. A row needs only its own statistics and the keys that it sees, so
 * rows stay independent; delta is kept beside the log-sum-exp for the second half.
 */
import type { Operation } from '../../../graph/operation';
import { rowsOf } from '../attention/heads';
import { expectShape } from '../expect-shape';
import { expectSelfAttention, pairsOf } from './layout';
import groupKernel from './query-gradient-group.wgsl?raw';
import headKernel from './query-gradient-head-thread.wgsl?raw';
import naiveKernel from './query-gradient-naive.wgsl?raw';
import tileKernel from './query-gradient-tile-thread.wgsl?raw';
import { queryGradientTwin } from './query-gradient-twin';
import type { QueryGradientInputs, QueryGradientOutputs, SelfAttentionAttributes } from './shape';
import { attentionVariants } from './variants';

const bindings = ['heads', 'gradient', 'out', 'logSumExp', 'cursor', 'headsGradient', 'statistics'] as const;

const kernels = { naive: naiveKernel, head: headKernel, tile: tileKernel, group: groupKernel };

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
    variants: attentionVariants(kernels, bindings, ({ heads }) => heads),
  };
