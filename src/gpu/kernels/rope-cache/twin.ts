/** What `ropeCache` means, on the CPU. */
import type { Memory, Node } from '../../../graph/operation';
import { axis } from '../../../graph/tensor';
import { rowsOf } from '../attention/heads';
import { rotateHead } from './rotate';
import type { RopeCacheAttributes, RopeCacheInputs, RopeCacheOutputs } from './shape';

export function ropeCacheTwin(
  { query, keyValue, keyCache, valueCache, cursor }: Memory<RopeCacheInputs>,
  outputs: Memory<RopeCacheOutputs>,
  node: Node<RopeCacheInputs, RopeCacheOutputs, RopeCacheAttributes>,
): void {
  const { attributes } = node;
  const { heads, groups, headSize: D, queryOffset, keyOffset, valueOffset } = attributes;
  const queryColumns = axis(node.inputs.query, -1);
  const keyColumns = axis(node.inputs.keyValue, -1);
  const S = axis(node.inputs.keyCache, 0);
  const [first, valid] = cursor as unknown as [number, number];
  for (let t = 0; t < rowsOf(node.inputs.query); t++) {
    const position = first + t;
    for (let h = 0; h < heads; h++) {
      const from = t * queryColumns + queryOffset + h * D;
      rotateHead(query, from, outputs.query, (t * heads + h) * D, position, attributes);
    }
    if (t >= valid || position >= S) continue;
    for (let g = 0; g < groups; g++) {
      const row = t * keyColumns + g * D;
      rotateHead(keyValue, row + keyOffset, keyCache, (position * groups + g) * D, position, attributes);
    }
    const values = keyValue.subarray(t * keyColumns + valueOffset, t * keyColumns + valueOffset + groups * D);
    valueCache.set(values, position * groups * D);
  }
}
