/** What the two gradients of `expertLinear` mean, on the CPU. Sums are float64 whatever the arrays hold; they join the accumulator last. */
import type { Memory, Node, Numbers } from '../../../graph/operation';
import {
  type ExpertLinearInputGradientAttributes,
  type ExpertLinearInputGradientInputs,
  type ExpertLinearInputGradientOutputs,
  type ExpertLinearWeightGradientInputs,
  inputGradientSizes,
  weightGradientSizes,
} from './gradient-shapes';

export function inputGradientTwin(
  { gradient, weight, expert, residual }: Memory<ExpertLinearInputGradientInputs>,
  { dx }: Memory<ExpertLinearInputGradientOutputs>,
  node: Node<ExpertLinearInputGradientInputs, ExpertLinearInputGradientOutputs, ExpertLinearInputGradientAttributes>,
): void {
  const { M, N, K } = inputGradientSizes(node.inputs);
  const sums = new Float64Array(K);
  for (let row = 0; row < M; row++) {
    const first = at(expert, row) * N;
    for (let k = 0; k < K; k++) sums[k] = residual ? node.attributes.residualScale * at(residual, row * K + k) : 0;
    for (let n = 0; n < N; n++) addScaled(sums, at(gradient, row * N + n), weight, (first + n) * K);
    dx.set(sums, row * K);
  }
}

export function weightGradientTwin(
  { gradient, x, places, weightGradient }: Memory<ExpertLinearWeightGradientInputs>,
  _outputs: object,
  node: Node<ExpertLinearWeightGradientInputs, object, object>,
): void {
  const { N, K, E } = weightGradientSizes(node.inputs);
  const sums = new Float64Array(K);
  for (let e = 0; e < E; e++) {
    const rows = places.subarray(E + 1 + at(places, e), E + 1 + at(places, e + 1));
    for (let n = 0; n < N; n++) {
      sums.fill(0);
      for (const row of rows) addScaled(sums, at(gradient, row * N + n), x, row * K);
      const start = (e * N + n) * K;
      for (let k = 0; k < K; k++) weightGradient[start + k] = at(weightGradient, start + k) + at(sums, k);
    }
  }
}

/** sums += factor · the row of `matrix` that starts at `start`. */
function addScaled(sums: Float64Array, factor: number, matrix: Numbers, start: number): void {
  for (let k = 0; k < sums.length; k++) sums[k] = at(sums, k) + factor * at(matrix, start + k);
}

/** An element that exists by the shape rule. */
function at(numbers: Numbers, index: number): number {
  return numbers[index] as number;
}
