/** What `dropout` means, on the CPU. */
import type { Memory, Node } from '../../../graph/operation';
import { threefry2x32, uniform24 } from '../../../graph/random';
import type { DropoutAttributes, DropoutInputs, DropoutOutputs } from './shape';

export function dropoutTwin(
  { x, residual, draw }: Memory<DropoutInputs>,
  { out }: Memory<DropoutOutputs>,
  node: Node<DropoutInputs, DropoutOutputs, DropoutAttributes>,
): void {
  const { rate, stream, residualScale } = node.attributes;
  const [seed, step] = draw as unknown as readonly [number, number];
  for (let pair = 0; 2 * pair < x.length; pair++) {
    const words = threefry2x32([seed, stream], [pair, step]);
    for (let i = 2 * pair; i < Math.min(2 * pair + 2, x.length); i++) {
      const kept = uniform24(words[i % 2] as number) >= rate ? (x[i] as number) / (1 - rate) : 0;
      out[i] = kept + (residual ? residualScale * (residual[i] as number) : 0);
    }
  }
}
