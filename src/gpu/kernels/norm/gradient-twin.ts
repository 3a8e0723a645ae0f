/** What `normGradient` means, on the CPU. Sums are float64 whatever the arrays hold. */
import type { Memory, Node } from '../../../graph/operation';
import type { NormGradientAttributes, NormGradientInputs, NormGradientOutputs } from './shape';

export function normGradientTwin(
  inputs: Memory<NormGradientInputs>,
  { dx }: Memory<NormGradientOutputs>,
  node: Node<NormGradientInputs, NormGradientOutputs, NormGradientAttributes>,
): void {
  const { gradient, x, statistics, gain, residual } = inputs;
  const { kind, residualScale } = node.attributes;
  const C = gain.length;
  const rows = gradient.length / C;
  const gainSums = new Float64Array(C);
  const shiftSums = new Float64Array(C);
  for (let row = 0; row < rows; row++) {
    const start = row * C;
    const mean = statistics[2 * row] as number;
    const factor = statistics[2 * row + 1] as number;
    const normed = (c: number): number => ((x[start + c] as number) - mean) * factor;
    let sum = 0;
    let product = 0;
    for (let c = 0; c < C; c++) {
      const dy = gradient[start + c] as number;
      sum += dy * (gain[c] as number);
      product += dy * (gain[c] as number) * normed(c);
      gainSums[c] = (gainSums[c] as number) + dy * normed(c);
      shiftSums[c] = (shiftSums[c] as number) + dy;
    }
    const gradientMean = kind === 'layer' ? sum / C : 0;
    for (let c = 0; c < C; c++) {
      const g = (gradient[start + c] as number) * (gain[c] as number);
      const own = factor * (g - gradientMean - (normed(c) * product) / C);
      dx[start + c] = own + (residual ? residualScale * (residual[start + c] as number) : 0);
    }
  }
  addTo(inputs.gainGradient, gainSums);
  addTo(inputs.shiftGradient, shiftSums);
}

function addTo(accumulator: Memory<NormGradientInputs>['gainGradient'], sums: Float64Array): void {
  if (!accumulator) return;
  for (let c = 0; c < sums.length; c++) accumulator[c] = (accumulator[c] as number) + (sums[c] as number);
}
