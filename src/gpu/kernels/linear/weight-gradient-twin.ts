/** What `linearWeightGradient` means, on the CPU. Sums are float64 whatever the arrays hold; they join the accumulator last. */
import type { Memory, Node, Numbers } from '../../../graph/operation';
import { type WeightGradientInputs, weightGradientSizes } from './weight-gradient-shape';

export function weightGradientTwin(
  inputs: Memory<WeightGradientInputs>,
  _outputs: object,
  node: Node<WeightGradientInputs, object, object>,
): void {
  const { M, N, K, K2, biasRows } = weightGradientSizes(node.inputs);
  const { gradient, x, x2, weightGradient, biasGradient, weight2Gradient } = inputs;
  const column = new Float64Array(M);
  for (let n = 0; n < N; n++) {
    for (let m = 0; m < M; m++) column[m] = at(gradient, m * N + n);
    if (weightGradient) addProduct(column, x, weightGradient, n * K, K);
    if (x2 && weight2Gradient) addProduct(column, x2, weight2Gradient, n * K2, K2);
    if (biasGradient && n < biasRows) biasGradient[n] = at(biasGradient, n) + column.reduce((sum, g) => sum + g, 0);
  }
}

/** accumulator[start:start + columns] += column[M] · matrix[M,columns]. */
function addProduct(column: Float64Array, matrix: Numbers, accumulator: Numbers, start: number, columns: number): void {
  const sums = new Float64Array(columns);
  for (let m = 0; m < column.length; m++) {
    const factor = at(column, m);
    for (let k = 0; k < columns; k++) sums[k] = at(sums, k) + factor * at(matrix, m * columns + k);
  }
  for (let k = 0; k < columns; k++) accumulator[start + k] = at(accumulator, start + k) + at(sums, k);
}

/** An element that exists by the shape rule. */
function at(numbers: Numbers, index: number): number {
  return numbers[index] as number;
}
