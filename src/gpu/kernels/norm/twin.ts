/** What `norm` means, on the CPU. Sums are float64 whatever the arrays hold. */
import type { Memory, Node } from '../../../graph/operation';
import type { NormAttributes, NormInputs, NormOutputs } from './shape';

export function normTwin(
  { x, gain, shift, residual }: Memory<NormInputs>,
  { y, statistics }: Memory<NormOutputs>,
  node: Node<NormInputs, NormOutputs, NormAttributes>,
): void {
  const { kind, epsilon } = node.attributes;
  const C = gain.length;
  for (let start = 0; start < x.length; start += C) {
    let mean = 0;
    if (kind === 'layer') {
      for (let c = 0; c < C; c++) mean += x[start + c] as number;
      mean /= C;
    }
    let variance = 0;
    for (let c = 0; c < C; c++) variance += ((x[start + c] as number) - mean) ** 2;
    const factor = 1 / Math.sqrt(variance / C + epsilon);
    if (statistics) statistics.set([mean, factor], (start / C) * 2);
    for (let c = 0; c < C; c++) {
      const normed = ((x[start + c] as number) - mean) * factor * (gain[c] as number);
      y[start + c] = normed + (shift ? (shift[c] as number) : 0) + (residual ? (residual[start + c] as number) : 0);
    }
  }
}
