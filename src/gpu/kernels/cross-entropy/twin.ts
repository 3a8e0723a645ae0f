/** What `crossEntropy` means, on the CPU. Sums are float64 whatever the arrays hold. */
import type { Memory } from '../../../graph/operation';
import { type CrossEntropyInputs, type CrossEntropyOutputs, notCounted } from './shape';

export function crossEntropyTwin(
  { logits, targets }: Memory<CrossEntropyInputs>,
  { losses, logSumExp }: Memory<CrossEntropyOutputs>,
): void {
  const V = logits.length / targets.length;
  for (let row = 0; row < targets.length; row++) {
    const target = targets[row] as number;
    losses[row] = 0;
    logSumExp[row] = 0;
    if (target === notCounted) continue;
    const own = logits.subarray(row * V, (row + 1) * V);
    if (!own.every(Number.isFinite)) {
      losses[row] = Number.NaN;
      logSumExp[row] = Number.NaN;
      continue;
    }
    let largest = Number.NEGATIVE_INFINITY;
    for (const logit of own) largest = Math.max(largest, logit);
    let sum = 0;
    for (const logit of own) sum += Math.exp(logit - largest);
    losses[row] = Math.log(sum) + largest - (own[Math.min(target, V - 1)] as number);
    logSumExp[row] = Math.log(sum) + largest;
  }
}
