/**
 * `linear` for a token or a few: `kernels/token-linear.ts`, with the norm of x in a command before it. Everything that the
 * operation can do stands behind the product in the same command. `expertLinear` for a few rows is the same kernel.
 */
import {
  type LinearAttributes,
  type LinearInputs,
  type LinearOutputs,
  linearSizes,
} from '../../gpu/kernels/linear/shape';
import type { Node } from '../../graph/operation';
import type { AddressOf, Command, Matrices, MatrixAt } from '../command';
import { activationCode } from './activation';
import { matrixWords } from './matrix';
import { normCommand } from './norm-command';

type LinearNode = Node<LinearInputs, LinearOutputs, LinearAttributes>;

/** With so few rows reading the weight costs more than packing it would save. */
export const fewRows = 4;

/** Claims of one command; with more, claiming costs more than it shares. */
const claims = 8;

/** Bytes of weights that one thread reads before another is awake. */
const tinyWeight = 1 << 16;

/** Whether this kernel is the one for a node: few rows, or something that only this kernel does. */
export function isTokenLinear({ inputs, attributes }: LinearNode): boolean {
  const { norm, gate } = attributes;
  return norm !== undefined || gate !== undefined || linearSizes(inputs, attributes).M <= fewRows;
}

/** Addresses and sizes of the kernel; what is not given is off. */
export interface TokenLinear {
  readonly x: number;
  readonly weight: number;
  readonly y: number;
  readonly M: number;
  /** Rows of the weight that a row of x is multiplied with. */
  readonly N: number;
  readonly K: number;
  readonly columns: number;
  readonly bias?: number;
  readonly biasRows?: number;
  readonly x2?: number;
  readonly stride2?: number;
  readonly weight2?: number;
  readonly K2?: number;
  readonly residual: number;
  readonly residualScale?: number | undefined;
  readonly activation?: LinearAttributes['activation'];
  readonly gate?: LinearAttributes['gate'];
  readonly scale: number;
  readonly offset: number;
  readonly matrix: MatrixAt | null;
  readonly matrix2?: MatrixAt | null;
  readonly eight: boolean;
  readonly experts?: {
    readonly expert: number;
    readonly slots: number;
    readonly rows: number;
    /** Of the number of rows that count. */
    readonly counted: number;
    readonly window: number;
  };
}

export function tokenLinearCommand(linear: TokenLinear): Command {
  const { x, weight, y, M, N, K, columns, activation, gate, matrix, experts } = linear;
  const bytesRead = M * N * (matrix ? matrix.rowBytes : K * 4);
  const units = Math.ceil(columns / (gate?.gated ? 4 : 8));
  return {
    kernel: 'tokenLinear',
    args: [
      ...[x, weight, y, M, columns, K],
      ...[linear.bias ?? 0, linear.biasRows ?? 0],
      ...[linear.x2 ?? 0, linear.stride2 ?? 0, linear.weight2 ?? 0, linear.K2 ?? 0],
      linear.residual,
      { f32: linear.residualScale ?? 1 },
      ...(activation ? [activationCode[activation.kind], activation.from] : [0, 0]),
      ...(gate ? [activationCode[gate.kind], Number(gate.gated), gate.branches] : [0, 0, 1]),
      ...[linear.scale, linear.offset],
      ...[...matrixWords(matrix), ...matrixWords(linear.matrix2 ?? null)],
      Number(linear.eight),
      ...(experts ? [experts.expert, experts.slots, N, experts.rows, experts.counted, experts.window] : [0]),
    ],
    units,
    grain: bytesRead < tinyWeight ? units : Math.max(1, Math.ceil(units / claims)),
  };
}

export function tokenLinearCommands(
  node: LinearNode,
  at: AddressOf,
  scratch: (bytes: number) => number,
  matrices: Matrices,
): Command[] {
  const { inputs, outputs, attributes } = node;
  const { M, N, K, columns, K2, stride2, biasRows } = linearSizes(inputs, attributes);
  const { norm, gate, activation, residualScale } = attributes;
  const normed = norm ? at(outputs.normed) || scratch(M * K * 4) : at(inputs.x);
  const product = tokenLinearCommand({
    ...{ x: normed, weight: at(inputs.weight), y: at(outputs.y), M, N, K, columns },
    ...{ bias: at(inputs.bias), biasRows },
    ...{ x2: at(inputs.x2) + 4 * (attributes.x2Offset ?? 0), stride2, weight2: at(inputs.weight2), K2 },
    ...{ residual: at(inputs.residual), residualScale, activation },
    ...{ gate, scale: at(inputs.scale), offset: at(inputs.offset) },
    ...{ matrix: matrices.of(inputs.weight), matrix2: matrices.of(inputs.weight2) },
    eight: matrices.integerActivations,
  });
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
