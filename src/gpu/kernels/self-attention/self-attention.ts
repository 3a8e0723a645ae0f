/**
 * Attention of a training step: every row of every sequence against the keys of its own sequence,
 * out = softmax(q·kᵀ / √D + mask) · v, with the online softmax, so that no T × T matrix exists. It keeps the log-sum-exp of
 * every row, from which the gradients recompute the weights. Source: FlashAttention (2205.14135).
 *
 * There is no cache here; `attention` serves prompts.
 */
import type { Operation } from '../../../graph/operation';
import { rowsOf } from '../attention/heads';
import groupKernel from './group.wgsl?raw';
import headKernel from './head-thread.wgsl?raw';
import { selfAttentionKeyGradient } from './key-gradient';
import { expectSelfAttention, pairsOf } from './layout';
import naiveKernel from './naive.wgsl?raw';
import { selfAttentionQueryGradient } from './query-gradient';
import type { SelfAttentionAttributes, SelfAttentionInputs, SelfAttentionOutputs } from './shape';
import tileKernel from './tile-thread.wgsl?raw';
import { selfAttentionTwin } from './twin';
import { attentionVariants } from './variants';

const bindings = ['heads', 'cursor', 'out', 'logSumExp'] as const;

const kernels = { naive: naiveKernel, head: headKernel, tile: tileKernel, group: groupKernel };

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
  variants: attentionVariants(kernels, bindings, ({ heads }) => heads),
};
