/** What `topTokens` means, on the CPU. */
import type { Memory, Node } from '../../../graph/operation';
import { axis } from '../../../graph/tensor';
import { bitsOf, cleanRow, descending, describeRow, recordLength } from './record';
import type { TopTokensInputs, TopTokensOutputs } from './shape';

export function topTokensTwin(
  { logits }: Memory<TopTokensInputs>,
  { records }: Memory<TopTokensOutputs>,
  node: Node<TopTokensInputs, TopTokensOutputs, object>,
): void {
  const V = axis(node.inputs.logits, -1);
  for (let row = 0; row < logits.length / V; row++) {
    const clean = cleanRow(logits, row * V, V);
    const order = descending(clean);
    const probabilities = describeRow(clean, order, records, row * recordLength);
    const best = order[0] as number;
    records[row * recordLength] = best;
    records[row * recordLength + 2] = bitsOf(probabilities[best] as number);
  }
}
