/** What `embed` means, on the CPU. */
import type { Memory, Node } from '../../../graph/operation';
import { type EmbedAttributes, type EmbedInputs, type EmbedOutputs, embedWidth, periodOf } from './shape';

export function embedTwin(
  { ids, table, positions, prompt, cursor }: Memory<EmbedInputs>,
  { out }: Memory<EmbedOutputs>,
  node: Node<EmbedInputs, EmbedOutputs, EmbedAttributes>,
): void {
  const C = embedWidth(node.inputs);
  const period = periodOf(node.attributes);
  const P = prompt ? prompt.length / C : 0;
  for (let row = 0; row < node.attributes.tokens; row++) {
    const t = row % period;
    const id = ids && table ? Math.min(ids[row] as number, table.length / C - 1) : 0;
    const position = positions ? Math.min((cursor[0] as number) + t, positions.length / C - 1) : 0;
    for (let c = 0; c < C; c++) {
      let value = 0;
      if (prompt && t < P) value = prompt[t * C + c] as number;
      else if (table) value = table[id * C + c] as number;
      out[row * C + c] = value + (positions ? (positions[position * C + c] as number) : 0);
    }
  }
}
