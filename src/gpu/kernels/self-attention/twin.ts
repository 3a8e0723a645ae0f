/** What `selfAttention` means, on the CPU: softmax over the keys that are seen, a head of a row at a time. Sums are float64. */
import type { Memory, Node, Numbers } from '../../../graph/operation';
import { headColumns, rowsOf, visibleKeys } from '../attention/heads';
import type { SelfAttentionAttributes, SelfAttentionInputs, SelfAttentionOutputs } from './shape';

export function selfAttentionTwin(
  { heads, cursor }: Memory<SelfAttentionInputs>,
  { out, logSumExp }: Memory<SelfAttentionOutputs>,
  node: Node<SelfAttentionInputs, SelfAttentionOutputs, SelfAttentionAttributes>,
): void {
  const { attributes } = node;
  const { heads: H, headSize: D, period: T } = attributes;
  const columns = headColumns(attributes);
  for (let r = 0; r < rowsOf(node.inputs.heads); r++) {
    const t = r % T;
    const { first, end } = visibleKeys(attributes, t, cursor[2] as number, T);
    for (let h = 0; h < H; h++) {
      const { key, value } = columnsOf(attributes, h);
      const scores = new Float64Array(end - first);
      for (let j = first; j < end; j++) {
        const other = (r - t + j) * columns;
        scores[j - first] = dot(heads, r * columns + h * D, heads, other + key, D) / Math.sqrt(D);
      }
      const largest = scores.reduce((a, b) => Math.max(a, b));
      const total = scores.reduce((sum, score) => sum + Math.exp(score - largest), 0);
      logSumExp[r * H + h] = largest + Math.log(total);
      for (let d = 0; d < D; d++) {
        let sum = 0;
        for (let j = first; j < end; j++) {
          const weight = Math.exp((scores[j - first] as number) - largest) / total;
          sum += weight * (heads[(r - t + j) * columns + value + d] as number);
        }
        out[(r * H + h) * D + d] = sum;
      }
    }
  }
}

/** First column of the key and of the value that query head h reads. */
export function columnsOf(
  { heads: H, groups: G, headSize: D }: SelfAttentionAttributes,
  h: number,
): { key: number; value: number } {
  const group = Math.floor((h * G) / H);
  return { key: (H + group) * D, value: (H + G + group) * D };
}

export function dot(a: Numbers, startA: number, b: Numbers, startB: number, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += (a[startA + i] as number) * (b[startB + i] as number);
  return sum;
}
