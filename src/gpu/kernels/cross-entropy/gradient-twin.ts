/** What `crossEntropyGradient` means, on the CPU. */
import type { Memory } from '../../../graph/operation';
import { type CrossEntropyGradientInputs, notCounted } from './shape';

export function crossEntropyGradientTwin({
  logits,
  targets,
  logSumExp,
  lossWeight,
}: Memory<CrossEntropyGradientInputs>): void {
  const V = logits.length / targets.length;
  const weight = lossWeight[0] as number;
  for (let row = 0; row < targets.length; row++) {
    const target = targets[row] as number;
    if (target === notCounted) {
      logits.fill(0, row * V, (row + 1) * V);
      continue;
    }
    for (let id = 0; id < V; id++) {
      const probability = Math.exp((logits[row * V + id] as number) - (logSumExp[row] as number));
      logits[row * V + id] = weight * (probability - Number(id === Math.min(target, V - 1)));
    }
  }
}
