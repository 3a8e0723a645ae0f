/** Records of distributions over the vocabulary, and the choice of a token: `kernels/top-tokens.ts`, `kernels/sample.ts`. */
import type { SampleInputs, SampleOutputs } from '../../gpu/kernels/sample/shape';
import type { TopTokensInputs, TopTokensOutputs } from '../../gpu/kernels/top-tokens/shape';
import { axis, elements } from '../../graph/tensor';
import type { Lowering } from '../command';

/** Logits that a claim should come to: some microseconds. */
const claimLogits = 4096;

export const topTokens: Lowering<TopTokensInputs, TopTokensOutputs, object> = ({ inputs, outputs }, at) => {
  const V = axis(inputs.logits, -1);
  return [
    {
      kernel: 'topTokens',
      args: [at(inputs.logits), at(outputs.records), V],
      units: elements(inputs.logits.shape) / V,
      grain: Math.max(1, Math.ceil(claimLogits / V)),
    },
  ];
};

export const sample: Lowering<SampleInputs, SampleOutputs, object> = ({ inputs, outputs }, at, scratch) => {
  const V = axis(inputs.logits, -1);
  const operands = [inputs.logits, inputs.settings, inputs.cursor, inputs.token, outputs.record].map(at);
  // Two lists of items of 8 bytes and a weight each, in whole vectors.
  return [{ kernel: 'sample', args: [...operands, V, scratch(20 * V + 12)], units: 1 }];
};
