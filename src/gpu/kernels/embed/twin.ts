/** What `embed` means, on the CPU. */
import type { Memory, Node } from '../../../graph/operation';
import { type EmbedAttributes, type EmbedInputs, type EmbedOutputs, embedWidth } from './shape';

export function embedTwin(
  { ids, table, positions, cursor }: Memory<EmbedInputs>,
  { out }: Memory<EmbedOutputs>,
  node: Node<EmbedInputs, EmbedOutputs, EmbedAttributes>,
): void {
  const C = embedWidth(node.inputs);
  for (let t = 0; t < node.attributes.tokens; t++) {
    const id = ids && table ? Math.min(ids[t] as number, table.length / C - 1) : 0;
    const position = positions ? Math.min((cursor[0] as number) + t, positions.length / C - 1) : 0;
    for (let c = 0; c < C; c++) {
      const token = table ? (table[id * C + c] as number) : 0;
      out[t * C + c] = token + (positions ? (positions[position * C + c] as number) : 0);
    }
  }
}
