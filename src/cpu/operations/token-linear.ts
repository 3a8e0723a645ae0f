/**
 * `linear` for a token or a few: `kernels/token-linear.ts`, with the norm of x in a command before it. Everything that the
 * operation can do stands behind the product in the same command.
 */
import {
  type LinearAttributes,
  type LinearInputs,
  type LinearOutputs,
  linearSizes,
} from '../../gpu/kernels/linear/shape';
import type { Node } from '../../graph/operation';
import type { AddressOf, Command, Matrices } from '../command';
import { activationCode } from './activation';
import { matrixWords } from './matrix';
import { normCommand } from './norm-command';

type LinearNode = Node<LinearInputs, LinearOutputs, LinearAttributes>;

/** With so few rows reading the weight costs more than packing it would save. */
const fewRows = 4;

/** Claims of one command; with more, claiming costs more than it shares. */
const claims = 8;

/** Bytes of weights that one thread reads before another is awake. */
const tinyWeight = 1 << 16;

/** Whether this kernel is the one for a node: few rows, or something that only this kernel does. */
export function isTokenLinear({ inputs, attributes }: LinearNode): boolean {
  const { norm, gate } = attributes;
  return norm !== undefined || gate !== undefined || linearSizes(inputs, attributes).M <= fewRows;
}

export function tokenLinearCommands(
  node: LinearNode,
  at: AddressOf,
  scratch: (bytes: number) => number,
  matrices: Matrices,
): Command[] {
  const { inputs, outputs, attributes } = node;
  const { M, N, K, columns, K2, stride2, biasRows } = linearSizes(inputs, attributes);
  const { norm, gate, activation } = attributes;
  const normed = norm ? at(outputs.normed) || scratch(M * K * 4) : at(inputs.x);
  const matrix = matrices.of(inputs.weight);
  const weightBytes = matrix ? N * matrix.rowBytes : N * K * 4;
  const units = Math.ceil(columns / (gate?.gated ? 4 : 8));
  const product: Command = {
    kernel: 'tokenLinear',
    args: [
      ...[normed, at(inputs.weight), at(outputs.y), M, columns, K],
      ...[at(inputs.bias), biasRows],
      ...[at(inputs.x2) + 4 * (attributes.x2Offset ?? 0), stride2, at(inputs.weight2), K2],
      at(inputs.residual),
      { f32: attributes.residualScale ?? 1 },
      ...(activation ? [activationCode[activation.kind], activation.from] : [0, 0]),
      ...(gate ? [activationCode[gate.kind], Number(gate.gated), gate.branches] : [0, 0, 1]),
      ...[at(inputs.scale), at(inputs.offset)],
      ...[...matrixWords(matrix), ...matrixWords(matrices.of(inputs.weight2))],
      Number(matrices.integerActivations),
    ],
    units,
    grain: weightBytes < tinyWeight ? units : Math.max(1, Math.ceil(units / claims)),
  };
  if (!norm) return [product];
  const rows = {
    x: at(inputs.x),
    gain: at(inputs.gain),
    shift: at(inputs.shift),
    residual: 0,
    y: normed,
    statistics: 0,
  };
  return [normCommand(rows, { M, C: K, layer: norm.kind === 'layer', epsilon: norm.epsilon }), product];
}
