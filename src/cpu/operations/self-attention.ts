/** Attention of a training step and its gradients: `kernels/attention.ts` and `kernels/attention-gradient.ts`. */
import { headColumns, rowsOf } from '../../gpu/kernels/attention/heads';
import type {
  KeyGradientInputs,
  QueryGradientInputs,
  QueryGradientOutputs,
  SelfAttentionAttributes,
  SelfAttentionInputs,
  SelfAttentionOutputs,
} from '../../gpu/kernels/self-attention/shape';
import type { Lowering } from '../command';
import { blocksOf, maskWords } from './attention-blocks';

export const selfAttention: Lowering<SelfAttentionInputs, SelfAttentionOutputs, SelfAttentionAttributes> = (
  { inputs, outputs, attributes },
  at,
) => {
  const { heads: H, groups: G, headSize: D, period: T } = attributes;
  const { blockRows, ...shares } = blocksOf(T, (rowsOf(inputs.heads) / T) * H, 2 * D * seen(attributes));
  const query = at(inputs.heads);
  const key = query + 4 * H * D;
  const columns = headColumns(attributes);
  return [
    {
      kernel: 'attention',
      args: [
        ...[query, key, key + 4 * G * D, at(outputs.out), at(outputs.logSumExp), at(inputs.cursor)],
        ...[columns, columns, T, H, G, D, ...maskWords(attributes, T), blockRows, 0],
      ],
      ...shares,
    },
  ];
};

export const selfAttentionQueryGradient: Lowering<
  QueryGradientInputs,
  QueryGradientOutputs,
  SelfAttentionAttributes
> = ({ inputs, outputs, attributes }, at) => {
  const { heads: H, headSize: D, period: T } = attributes;
  const { blockRows, ...shares } = blocksOf(T, (rowsOf(inputs.heads) / T) * H, 3 * D * seen(attributes));
  const operands = [inputs.heads, inputs.gradient, outputs.statistics, outputs.headsGradient, inputs.cursor].map(at);
  const own = [at(inputs.out), at(inputs.logSumExp)];
  return [
    {
      kernel: 'attentionQueryGradient',
      args: [...operands, ...sizes(attributes), blockRows, ...own],
      ...shares,
    },
  ];
};

export const selfAttentionKeyGradient: Lowering<KeyGradientInputs, object, SelfAttentionAttributes> = (
  { inputs, attributes },
  at,
) => {
  const { heads: H, groups: G, headSize: D, period: T } = attributes;
  const products = ((4 * H) / G) * D * seen(attributes);
  const { blockRows, ...shares } = blocksOf(T, (rowsOf(inputs.heads) / T) * G, products);
  const operands = [inputs.heads, inputs.gradient, inputs.statistics, inputs.headsGradient, inputs.cursor].map(at);
  return [{ kernel: 'attentionKeyGradient', args: [...operands, ...sizes(attributes), blockRows], ...shares }];
};

function sizes(attributes: SelfAttentionAttributes): readonly number[] {
  const { heads: H, groups: G, headSize: D, period: T } = attributes;
  return [T, H, G, D, ...maskWords(attributes, T)];
}

/** Keys that a row sees under the causal mask, about. */
function seen({ period: T, window }: SelfAttentionAttributes): number {
  return Math.min(window ?? T, T / 2);
}
