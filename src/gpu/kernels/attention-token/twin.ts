/** What `attentionToken` means, on the CPU: the cache is updated first, then the query looks at it. */
import type { Memory, Node } from '../../../graph/operation';
import { axis } from '../../../graph/tensor';
import { visibleKeys } from '../attention/heads';
import { keyWeights } from '../attention/twin';
import { rotateHead } from '../rope-cache/rotate';
import type { AttentionTokenAttributes, AttentionTokenInputs, AttentionTokenOutputs } from './shape';

export function attentionTokenTwin(
  { query, keyValue, keyCache, valueCache, cursor }: Memory<AttentionTokenInputs>,
  { out }: Memory<AttentionTokenOutputs>,
  node: Node<AttentionTokenInputs, AttentionTokenOutputs, AttentionTokenAttributes>,
): void {
  const { attributes } = node;
  const { heads, groups, headSize: D, queryOffset, keyOffset, valueOffset } = attributes;
  const S = axis(node.inputs.keyCache, 0);
  const [given, , prefixLength] = cursor as unknown as [number, number, number];
  const position = Math.min(given, S - 1);
  const stride = groups * D;
  for (let g = 0; g < groups; g++) {
    rotateHead(keyValue, keyOffset + g * D, keyCache, position * stride + g * D, position, attributes);
  }
  valueCache.set(keyValue.subarray(valueOffset, valueOffset + stride), position * stride);

  const { first, end } = visibleKeys(attributes, position, prefixLength, S);
  const turned = new Float64Array(D);
  for (let h = 0; h < heads; h++) {
    const column = Math.floor((h * groups) / heads) * D;
    rotateHead(query, queryOffset + h * D, turned, 0, position, attributes);
    const weights = keyWeights(turned, 0, keyCache, column, stride, D, first, end);
    for (let d = 0; d < D; d++) {
      let sum = 0;
      for (let j = first; j < end; j++) {
        sum += (weights[j - first] as number) * (valueCache[j * stride + column + d] as number);
      }
      out[h * D + d] = sum;
    }
  }
}
