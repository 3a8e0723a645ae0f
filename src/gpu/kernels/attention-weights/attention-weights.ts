/**
 * What one token looks at, for the page to draw: the softmax weights [H, S] of its heads over the cache, 0 where the mask
 * hides. The token's own key is already in the cache. Not part of decoding.
 */
import type { Operation } from '../../../graph/operation';
import { axis } from '../../../graph/tensor';
import { expectColumns, expectHeads, rowsOf } from '../attention/heads';
import type { AttentionWeightsAttributes, AttentionWeightsInputs, AttentionWeightsOutputs } from './shape';
import { attentionWeightsTwin } from './twin';

export const attentionWeights: Operation<AttentionWeightsInputs, AttentionWeightsOutputs, AttentionWeightsAttributes> =
  {
    name: 'attentionWeights',
    outputs: ({ query, keyCache, cursor }, attributes) => {
      expectHeads('attentionWeights', attributes, [keyCache], cursor);
      expectColumns('attentionWeights', attributes, query, undefined);
      if (rowsOf(query) !== 1) {
        throw new RangeError(`attentionWeights takes one token; ${query.name} has ${rowsOf(query)} rows.`);
      }
      return { weights: { shape: [attributes.heads, axis(keyCache, 0)], element: 'f32' } };
    },
    flops: ({ inputs, attributes: { heads, headSize, window } }) => {
      const S = axis(inputs.keyCache, 0);
      return 2 * Math.min(window ?? S, S) * heads * headSize;
    },
    twin: attentionWeightsTwin,
    variants: [],
    fetchVariants: async () => (await import('./variants')).attentionWeightsVariants,
  };
