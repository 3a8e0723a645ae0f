/**
 * What `linear` means, on the CPU. Sums are float64 whatever the arrays hold; a row's norm is taken once and used by
 * every column.
 */
import type { Memory, Node, Numbers } from '../../../graph/operation';
import {
  type LinearActivation,
  type LinearAttributes,
  type LinearInputs,
  type LinearOutputs,
  linearSizes,
} from './shape';

const activations: Record<LinearActivation, (z: number) => number> = {
  silu: (z) => z / (1 + Math.exp(-z)),
  gelu: (z) => 0.5 * z * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3))),
  relu: (z) => Math.max(z, 0),
};

export function linearTwin(
  inputs: Memory<LinearInputs>,
  outputs: Memory<LinearOutputs>,
  node: Node<LinearInputs, LinearOutputs, LinearAttributes>,
): void {
  const { attributes } = node;
  const { M, N, K, columns, K2, stride2, biasRows } = linearSizes(node.inputs, attributes);
  const { weight, bias, x2, weight2, residual } = inputs;
  const row = new Float64Array(K);
  const products = new Float64Array(N);
  for (let m = 0; m < M; m++) {
    for (let k = 0; k < K; k++) row[k] = at(inputs.x, m * K + k);
    if (attributes.norm) normalise(row, inputs, attributes.norm);
    outputs.normed?.set(row, m * K);
    for (let n = 0; n < N; n++) {
      products[n] = dot(row, 0, weight, n * K, K) + (bias && n < biasRows ? at(bias, n) : 0);
    }

    for (let column = 0; column < columns; column++) {
      let value = at(products, column);
      if (attributes.gate) value = gated(products, column, columns, inputs, attributes.gate);
      const { activation } = attributes;
      if (activation && column >= activation.from) value = activations[activation.kind](value);
      if (x2 && weight2) value += dot(x2, m * stride2 + (attributes.x2Offset ?? 0), weight2, column * K2, K2);
      if (residual) value += (attributes.residualScale ?? 1) * at(residual, m * columns + column);
      outputs.y[m * columns + column] = value;
    }
  }
}

function normalise(row: Float64Array, inputs: Memory<LinearInputs>, norm: NonNullable<LinearAttributes['norm']>): void {
  const mean = norm.kind === 'layer' ? row.reduce((sum, value) => sum + value, 0) / row.length : 0;
  const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
  const factor = 1 / Math.sqrt(variance + norm.epsilon);
  const { gain, shift } = inputs;
  for (let k = 0; k < row.length; k++) {
    row[k] = (at(row, k) - mean) * factor * (gain ? at(gain, k) : 1) + (shift ? at(shift, k) : 0);
  }
}

/** Output `column` of the gate of an FFN, of all products of a row. */
export function gated(
  products: Float64Array,
  column: number,
  columns: number,
  { scale, offset }: Pick<Memory<LinearInputs>, 'scale' | 'offset'>,
  gate: NonNullable<LinearAttributes['gate']>,
): number {
  const act = activations[gate.kind];
  const z = at(products, column);
  let value = scale ? 0 : act(z);
  for (let branch = 0; scale && offset && branch < gate.branches; branch++) {
    const i = branch * columns + column;
    value += act(at(scale, i) * z + at(offset, i));
  }
  return gate.gated ? value * at(products, columns + column) : value;
}

function dot(a: Numbers, aStart: number, b: Numbers, bStart: number, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += at(a, aStart + i) * at(b, bStart + i);
  return sum;
}

/** An element that exists by the shape rule. */
function at(numbers: Numbers, index: number): number {
  return numbers[index] as number;
}
