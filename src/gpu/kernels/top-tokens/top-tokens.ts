/**
 * The ten best tokens of each row of logits, with the entropy of the row: what each layer would say (the lens), and what the
 * page lists beside a prompt. The record's id is the best token, its position is 0.
 */
import type { Operation } from '../../../graph/operation';
import { axis, elements } from '../../../graph/tensor';
import { recordLength } from './record';
import type { TopTokensInputs, TopTokensOutputs } from './shape';
import { topTokensTwin } from './twin';

export const topTokens: Operation<TopTokensInputs, TopTokensOutputs, object> = {
  name: 'topTokens',
  outputs: ({ logits }) => ({
    records: { shape: [elements(logits.shape) / axis(logits, -1), recordLength], element: 'u32' },
  }),
  /** An exponential, two sums and a product a logit. */
  flops: ({ inputs }) => 6 * elements(inputs.logits.shape),
  twin: topTokensTwin,
  variants: [],
  fetchVariants: async () => (await import('./variants')).topTokensVariants,
};
