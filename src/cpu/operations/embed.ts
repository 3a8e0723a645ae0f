/** `embed` and its gradient: one command for the table of tokens, one for the tables of places. */
import type { EmbedGradientAttributes, EmbedGradientInputs } from '../../gpu/kernels/embed/gradient-shape';
import {
  type EmbedAttributes,
  type EmbedInputs,
  type EmbedOutputs,
  embedWidth,
  periodOf,
} from '../../gpu/kernels/embed/shape';
import { axis, elements, type Tensor } from '../../graph/tensor';
import type { Lowering } from '../command';
import { matrixWords } from './matrix';
import { rowsCommand } from './rows';

export const embed: Lowering<EmbedInputs, EmbedOutputs, EmbedAttributes> = (
  { inputs, outputs, attributes },
  at,
  _scratch,
  matrices,
) => {
  const { ids, table, positions, prompt, cursor } = inputs;
  const C = embedWidth(inputs);
  const args = [
    ...[ids, table, positions, prompt, cursor, outputs.out].map(at),
    ...[C, rowsIn(table), rowsIn(positions), rowsIn(prompt), periodOf(attributes)],
    ...matrixWords(matrices.of(table)),
  ];
  return [rowsCommand('embed', args, attributes.tokens, C)];
};

/** Columns of a unit of the table's gradient: `stripColumns` in kernels/embed-gradient.ts. */
const stripColumns = 16;

export const embedGradient: Lowering<EmbedGradientInputs, object, EmbedGradientAttributes> = (
  { inputs, attributes },
  at,
) => {
  const { gradient, ids, order, tableGradient, positionsGradient, promptGradient } = inputs;
  const { period, prompt, scale } = attributes;
  const C = axis(gradient, -1);
  const M = elements(gradient.shape) / C;
  const common = [at(gradient), M, C, period, prompt];
  const table = [...[ids, order, tableGradient].map(at), rowsIn(tableGradient), { f32: scale }];
  const places = [positionsGradient, promptGradient].map(at);
  const sequences = M / period;
  return [
    ...(tableGradient
      ? [rowsCommand('embedTableGradient', [...common, ...table], Math.ceil(C / stripColumns), M * stripColumns)]
      : []),
    ...(positionsGradient || promptGradient
      ? [rowsCommand('embedPlaceGradient', [...common, ...places], period, sequences * C)]
      : []),
  ];
};

function rowsIn(table: Tensor | undefined): number {
  return table ? axis(table, 0) : 0;
}
