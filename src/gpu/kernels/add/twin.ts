/** What `add` means, on the CPU. */
import type { Memory, Node } from '../../../graph/operation';
import type { AddAttributes, AddInputs, AddOutputs } from './shape';

export function addTwin(
  { a, b }: Memory<AddInputs>,
  { out }: Memory<AddOutputs>,
  node: Node<AddInputs, AddOutputs, AddAttributes>,
): void {
  const { scaleA, scaleB } = node.attributes;
  for (let i = 0; i < out.length; i++) {
    out[i] = scaleA * (a[i] as number) + (b ? scaleB * (b[i] as number) : 0);
  }
}
