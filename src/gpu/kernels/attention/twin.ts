/** What attention means, on the CPU: one query head against the keys of the cache. Sums are float64. */
import type { Memory, Node, Numbers } from '../../../graph/operation';
import { axis } from '../../../graph/tensor';
import { rowsOf, visibleKeys } from './heads';
import type { AttentionAttributes, AttentionInputs, AttentionOutputs } from './shape';

export function attentionTwin(
  { query, keyCache, valueCache, cursor }: Memory<AttentionInputs>,
  { out }: Memory<AttentionOutputs>,
  node: Node<AttentionInputs, AttentionOutputs, AttentionAttributes>,
): void {
  const { attributes } = node;
  const { heads, groups, headSize: D } = attributes;
  const S = axis(node.inputs.keyCache, 0);
  const [start, valid, prefixLength] = cursor as unknown as [number, number, number];
  for (let t = 0; t < rowsOf(node.inputs.query); t++) {
    const { first, end } = visibleKeys(attributes, start + t, prefixLength, Math.min(start + valid, S));
    for (let h = 0; h < heads; h++) {
      const column = Math.floor((h * groups) / heads) * D;
      const weights = keyWeights(query, (t * heads + h) * D, keyCache, column, groups * D, D, first, end);
      const target = (t * heads + h) * D;
      for (let d = 0; d < D; d++) {
        let sum = 0;
        for (let j = first; j < end; j++) {
          sum += (weights[j - first] as number) * (valueCache[j * groups * D + column + d] as number);
        }
        out[target + d] = sum;
      }
    }
  }
}

/** Softmax over the keys `first` ≤ j < `end` of q·k / √D; key j starts at `keys[j · stride + column]`. */
export function keyWeights(
  query: Numbers,
  queryStart: number,
  keys: Numbers,
  column: number,
  stride: number,
  D: number,
  first: number,
  end: number,
): Float64Array {
  const weights = new Float64Array(Math.max(0, end - first));
  let largest = Number.NEGATIVE_INFINITY;
  for (let j = first; j < end; j++) {
    let score = 0;
    for (let d = 0; d < D; d++) {
      score += (query[queryStart + d] as number) * (keys[j * stride + column + d] as number);
    }
    weights[j - first] = score / Math.sqrt(D);
    largest = Math.max(largest, score / Math.sqrt(D));
  }
  let total = 0;
  for (let i = 0; i < weights.length; i++) {
    weights[i] = Math.exp((weights[i] as number) - largest);
    total += weights[i] as number;
  }
  return weights.map((weight) => weight / total);
}
