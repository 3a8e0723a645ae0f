/**
 * `expertLinear` and its gradients. A few rows an expert go to `kernels/token-linear.ts`, more are cut into blocks of places and columns
 * (`kernels/expert-linear.ts`), and a weight's gradient into blocks of every expert's matrix (`kernels/expert-linear-gradient.ts`).
 */
import {
  type ExpertLinearInputGradientAttributes,
  type ExpertLinearInputGradientInputs,
  type ExpertLinearInputGradientOutputs,
  type ExpertLinearWeightGradientInputs,
  inputGradientSizes,
  weightGradientSizes,
} from '../../gpu/kernels/expert-linear/gradient-shapes';
import {
  type ExpertLinearAttributes,
  type ExpertLinearInputs,
  type ExpertLinearOutputs,
  expertLinearSizes,
} from '../../gpu/kernels/expert-linear/shape';
import type { Tensor } from '../../graph/tensor';
import type { AddressOf, Command, Lowering, MatrixAt } from '../command';
import { activationCode } from './activation';
import { matrixWords } from './matrix';
import { blockOf, blocks } from './product';
import { fewRows, tokenLinearCommand } from './token-linear';

/** Blocks that several threads can share evenly: more where a window leaves most of them empty. */
const wantedUnits = 16;
const wantedOfWindow = 128;

export const expertLinear: Lowering<ExpertLinearInputs, ExpertLinearOutputs, ExpertLinearAttributes> = (
  { inputs, outputs, attributes },
  at,
  _scratch,
  matrices,
) => {
  const { M, N, K, E, columns } = expertLinearSizes(inputs, attributes);
  const routing = { ...placesAt(inputs.places, E, at), slots: at(inputs.slots), window: at(inputs.window) };
  const product = {
    ...{ x: at(inputs.x), weight: at(inputs.weight), y: at(outputs.y), M, N, K, columns },
    ...{ residual: at(inputs.residual), residualScale: attributes.residualScale },
    ...{ gate: attributes.gate, scale: at(inputs.scale), offset: at(inputs.offset) },
    ...{ matrix: matrices.of(inputs.weight), eight: matrices.integerActivations },
  };
  if (M <= fewRows * E) {
    const experts = { ...routing, expert: at(inputs.expert), counted: routing.starts + 4 * E };
    return [tokenLinearCommand({ ...product, experts })];
  }
  return [blocksCommand({ ...product, ...routing, E, transposed: true })];
};

export const expertLinearInputGradient: Lowering<
  ExpertLinearInputGradientInputs,
  ExpertLinearInputGradientOutputs,
  ExpertLinearInputGradientAttributes
> = ({ inputs, outputs, attributes }, at) => {
  const { M, N, K, E } = inputGradientSizes(inputs);
  return [
    blocksCommand({
      ...{ x: at(inputs.gradient), weight: at(inputs.weight), y: at(outputs.dx), M, N, K: N, columns: K },
      ...{ residual: at(inputs.residual), residualScale: attributes.residualScale },
      ...{ ...placesAt(inputs.places, E, at), E, slots: 0, window: 0, scale: 0, offset: 0, matrix: null, eight: false },
      transposed: false,
    }),
  ];
};

export const expertLinearWeightGradient: Lowering<ExpertLinearWeightGradientInputs, object, object> = (
  { inputs },
  at,
) => {
  const { N, K, E } = weightGradientSizes(inputs);
  const { starts, rows } = placesAt(inputs.places, E, at);
  const block = blockOf(N, K, wantedUnits);
  return [
    {
      kernel: 'expertLinearWeightGradient',
      args: [
        ...[inputs.gradient, inputs.x, inputs.weightGradient].map(at),
        ...[N, K, rows, starts, E, block.rows, block.columns],
      ],
      units: blocks(N, K, block),
    },
  ];
};

/** Addresses of the two parts of `places`. */
function placesAt(places: Tensor, E: number, at: AddressOf): { readonly starts: number; readonly rows: number } {
  const starts = at(places);
  return { starts, rows: starts + 4 * (E + 1) };
}

interface ExpertBlocks {
  readonly x: number;
  readonly weight: number;
  readonly y: number;
  readonly M: number;
  /** Rows of the weight that a matrix takes. */
  readonly N: number;
  /** Columns of x. */
  readonly K: number;
  readonly E: number;
  /** Columns of y. */
  readonly columns: number;
  /** A matrix is stored [N,K], not [K,columns]. */
  readonly transposed: boolean;
  readonly rows: number;
  readonly starts: number;
  readonly slots: number;
  readonly window: number;
  readonly residual: number;
  readonly residualScale?: number | undefined;
  readonly gate?: ExpertLinearAttributes['gate'];
  readonly scale: number;
  readonly offset: number;
  readonly matrix: MatrixAt | null;
  readonly eight: boolean;
}

function blocksCommand(product: ExpertBlocks): Command {
  const { x, weight, y, M, N, K, E, columns, rows, starts, slots, window, gate, matrix } = product;
  const block = blockOf(M, columns, window ? wantedOfWindow : wantedUnits);
  return {
    kernel: 'expertLinear',
    args: [
      ...[x, weight, y, columns, K, N, Number(product.transposed)],
      ...[rows, starts, E, slots, window, product.residual],
      { f32: product.residualScale ?? 1 },
      ...(gate ? [activationCode[gate.kind], Number(gate.gated), gate.branches] : [0, 0, 1]),
      ...[product.scale, product.offset, block.rows, block.columns],
      ...matrixWords(matrix),
      Number(matrix !== null && product.eight),
    ],
    units: blocks(M, columns, block),
  };
}
