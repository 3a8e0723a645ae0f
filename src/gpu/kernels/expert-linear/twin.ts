/** What `expertLinear` means, on the CPU. Sums are float64 whatever the arrays hold. */
import type { Memory, Node, Numbers } from '../../../graph/operation';
import { gated } from '../linear/twin';
import {
  type ExpertLinearAttributes,
  type ExpertLinearInputs,
  type ExpertLinearOutputs,
  expertLinearSizes,
} from './shape';

export function expertLinearTwin(
  inputs: Memory<ExpertLinearInputs>,
  { y }: Memory<ExpertLinearOutputs>,
  node: Node<ExpertLinearInputs, ExpertLinearOutputs, ExpertLinearAttributes>,
): void {
  const { gate, residualScale = 1 } = node.attributes;
  const { M, N, K, E, columns } = expertLinearSizes(node.inputs, node.attributes);
  const { x, weight, expert, places, slots, window, residual } = inputs;
  const products = new Float64Array(N);
  const first = window ? at(window, 0) : 0;
  const end = Math.min(window ? at(window, 1) : M, at(places, E));
  for (let place = first; place < end; place++) {
    const row = at(places, E + 1 + place);
    const slot = slots ? at(slots, at(expert, row)) : at(expert, row);
    for (let n = 0; n < N; n++) {
      let sum = 0;
      for (let k = 0; k < K; k++) sum += at(x, row * K + k) * at(weight, (slot * N + n) * K + k);
      products[n] = sum;
    }
    for (let column = 0; column < columns; column++) {
      const value = gate ? gated(products, column, columns, inputs, gate) : at(products, column);
      const other = residual ? residualScale * at(residual, row * columns + column) : 0;
      y[row * columns + column] = value + other;
    }
  }
}

/** An element that exists by the shape rule. */
function at(numbers: Numbers, index: number): number {
  return numbers[index] as number;
}
