/** Attention of a prompt's rows over the KV cache: `kernels/attention.ts`. */
import { rowsOf } from '../../gpu/kernels/attention/heads';
import type { AttentionAttributes, AttentionInputs, AttentionOutputs } from '../../gpu/kernels/attention/shape';
import { axis } from '../../graph/tensor';
import type { Lowering } from '../command';
import { blocksOf, maskWords } from './attention-blocks';

/** A window beyond every position. */
const unlimited = 2 ** 30;

export const attention: Lowering<AttentionInputs, AttentionOutputs, AttentionAttributes> = (
  { inputs, outputs, attributes },
  at,
) => {
  const { heads: H, groups: G, headSize: D } = attributes;
  const T = rowsOf(inputs.query);
  const S = axis(inputs.keyCache, 0);
  const { blockRows, ...shares } = blocksOf(T, H, D * S);
  return [
    {
      kernel: 'attention',
      args: [
        ...[at(inputs.query), at(inputs.keyCache), at(inputs.valueCache), at(outputs.out), 0, at(inputs.cursor)],
        ...[H * D, G * D, T, H, G, D, ...maskWords(attributes, unlimited), blockRows, S],
      ],
      ...shares,
    },
  ];
};
