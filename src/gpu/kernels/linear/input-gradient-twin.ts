/** What `linearInputGradient` means, on the CPU. Sums are float64 whatever the arrays hold. */
import type { Memory, Node, Numbers } from '../../../graph/operation';
import {
  type InputGradientAttributes,
  type InputGradientInputs,
  type InputGradientOutputs,
  inputGradientSizes,
} from './input-gradient-shape';

export function inputGradientTwin(
  inputs: Memory<InputGradientInputs>,
  outputs: Memory<InputGradientOutputs>,
  node: Node<InputGradientInputs, InputGradientOutputs, InputGradientAttributes>,
): void {
  const { M, N, K, K2 } = inputGradientSizes(node.inputs);
  const { gradient, weight, weight2, residual } = inputs;
  for (let m = 0; m < M; m++) {
    const row = gradient.subarray(m * N, (m + 1) * N);
    const sums = product(row, weight, K);
    if (residual) {
      for (let k = 0; k < K; k++) sums[k] = at(sums, k) + node.attributes.residualScale * at(residual, m * K + k);
    }
    outputs.dx.set(sums, m * K);
    if (weight2) outputs.dx2?.set(product(row, weight2, K2), m * K2);
  }
}

/** row[N] · matrix[N,columns]. */
function product(row: Numbers, matrix: Numbers, columns: number): Float64Array {
  const sums = new Float64Array(columns);
  for (let n = 0; n < row.length; n++) {
    const factor = at(row, n);
    for (let k = 0; k < columns; k++) sums[k] = at(sums, k) + factor * at(matrix, n * columns + k);
  }
  return sums;
}

/** An element that exists by the shape rule. */
function at(numbers: Numbers, index: number): number {
  return numbers[index] as number;
}
