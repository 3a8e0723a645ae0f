/**
 * The gradients of keys and values on the CPU, from the queries that see them: a value gets Σ_t P · gradient_t, a key
 * Σ_t dS · q_t / √D, both over all query heads of its group; P and dS as in query-gradient-twin.ts.
 */
import type { Memory, Node } from '../../../graph/operation';
import { headColumns, rowsOf } from '../attention/heads';
import { seeingQueries } from './layout';
import type { KeyGradientInputs, SelfAttentionAttributes } from './shape';
import { columnsOf, dot } from './twin';

export function keyGradientTwin(
  { heads, gradient, statistics, cursor, headsGradient }: Memory<KeyGradientInputs>,
  _outputs: object,
  node: Node<KeyGradientInputs, object, SelfAttentionAttributes>,
): void {
  const { attributes } = node;
  const { heads: H, groups: G, headSize: D, period: T } = attributes;
  const columns = headColumns(attributes);
  for (let r = 0; r < rowsOf(node.inputs.heads); r++) {
    const j = r % T;
    const { first, end } = seeingQueries(attributes, j, cursor[2] as number);
    for (let g = 0; g < G; g++) {
      const { key, value } = columnsOf(attributes, (g * H) / G);
      const keySums = new Float64Array(D);
      const valueSums = new Float64Array(D);
      for (let h = (g * H) / G; h < ((g + 1) * H) / G; h++) {
        for (let t = first; t < end; t++) {
          const row = r - j + t;
          const query = row * columns + h * D;
          const own = (row * H + h) * D;
          const [logSumExp, delta] = statistics.subarray((row * H + h) * 2) as unknown as [number, number];
          const score = dot(heads, query, heads, r * columns + key, D) / Math.sqrt(D);
          const weight = Math.exp(score - logSumExp);
          const slope = weight * (dot(gradient, own, heads, r * columns + value, D) - delta);
          for (let d = 0; d < D; d++) {
            keySums[d] = (keySums[d] as number) + slope * (heads[query + d] as number);
            valueSums[d] = (valueSums[d] as number) + weight * (gradient[own + d] as number);
          }
        }
      }
      for (let d = 0; d < D; d++) {
        headsGradient[r * columns + key + d] = (keySums[d] as number) / Math.sqrt(D);
        headsGradient[r * columns + value + d] = valueSums[d] as number;
      }
    }
  }
}
