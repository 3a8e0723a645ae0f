/** What `attentionWeights` means, on the CPU. */
import type { Memory, Node } from '../../../graph/operation';
import { axis } from '../../../graph/tensor';
import { visibleKeys } from '../attention/heads';
import { keyWeights } from '../attention/twin';
import { rotateHead } from '../rope-cache/rotate';
import type { AttentionWeightsAttributes, AttentionWeightsInputs, AttentionWeightsOutputs } from './shape';

export function attentionWeightsTwin(
  { query, keyCache, cursor }: Memory<AttentionWeightsInputs>,
  { weights }: Memory<AttentionWeightsOutputs>,
  node: Node<AttentionWeightsInputs, AttentionWeightsOutputs, AttentionWeightsAttributes>,
): void {
  const { attributes } = node;
  const { heads, groups, headSize: D, queryOffset } = attributes;
  const S = axis(node.inputs.keyCache, 0);
  const [given, , prefixLength] = cursor as unknown as [number, number, number];
  const position = Math.min(given, S - 1);
  const { first, end } = visibleKeys(attributes, position, prefixLength, S);
  const turned = new Float64Array(D);
  weights.fill(0);
  for (let h = 0; h < heads; h++) {
    const column = Math.floor((h * groups) / heads) * D;
    rotateHead(query, queryOffset + h * D, turned, 0, position, attributes);
    weights.set(keyWeights(turned, 0, keyCache, column, groups * D, D, first, end), h * S + first);
  }
}
