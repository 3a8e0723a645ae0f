/**
 * The gradient of the queries on the CPU: with P = exp(score − logSumExp) and dP = gradient · v, the scores have the gradient
 * dS = P · (dP − delta), delta = Σ_d gradient · out, and a query gets Σ_j dS · k_j / √D. Source: FlashAttention (2205.14135).
 */
import type { Memory, Node } from '../../../graph/operation';
import { headColumns, rowsOf, visibleKeys } from '../attention/heads';
import type { QueryGradientInputs, QueryGradientOutputs, SelfAttentionAttributes } from './shape';
import { columnsOf, dot } from './twin';

export function queryGradientTwin(
  { heads, gradient, out, logSumExp, cursor }: Memory<QueryGradientInputs>,
  { headsGradient, statistics }: Memory<QueryGradientOutputs>,
  node: Node<QueryGradientInputs, QueryGradientOutputs, SelfAttentionAttributes>,
): void {
  const { attributes } = node;
  const { heads: H, headSize: D, period: T } = attributes;
  const columns = headColumns(attributes);
  for (let r = 0; r < rowsOf(node.inputs.heads); r++) {
    const t = r % T;
    const { first, end } = visibleKeys(attributes, t, cursor[2] as number, T);
    for (let h = 0; h < H; h++) {
      const { key, value } = columnsOf(attributes, h);
      const query = r * columns + h * D;
      const own = (r * H + h) * D;
      const delta = dot(gradient, own, out, own, D);
      statistics[(r * H + h) * 2] = logSumExp[r * H + h] as number;
      statistics[(r * H + h) * 2 + 1] = delta;
      const sums = new Float64Array(D);
      for (let j = first; j < end; j++) {
        const other = (r - t + j) * columns;
        const score = dot(heads, query, heads, other + key, D) / Math.sqrt(D);
        const weight = Math.exp(score - (logSumExp[r * H + h] as number));
        const slope = weight * (dot(gradient, own, heads, other + value, D) - delta);
        for (let d = 0; d < D; d++) sums[d] = (sums[d] as number) + slope * (heads[other + key + d] as number);
      }
      for (let d = 0; d < D; d++) headsGradient[query + d] = (sums[d] as number) / Math.sqrt(D);
    }
  }
}
