/** `norm` and its gradient, whose sums over rows are taken by blocks of rows and then added up. */
import type {
  NormAttributes,
  NormGradientAttributes,
  NormGradientInputs,
  NormGradientOutputs,
  NormInputs,
  NormOutputs,
} from '../../gpu/kernels/norm/shape';
import { axis, elements, type Tensor } from '../../graph/tensor';
import type { Lowering } from '../command';
import { normCommand } from './norm-command';
import { rowsCommand } from './rows';
import { sumRowsCommand } from './sum-rows';

export const norm: Lowering<NormInputs, NormOutputs, NormAttributes> = ({ inputs, outputs, attributes }, at) => {
  const addresses = {
    x: at(inputs.x),
    gain: at(inputs.gain),
    shift: at(inputs.shift),
    residual: at(inputs.residual),
    y: at(outputs.y),
    statistics: at(outputs.statistics),
  };
  const { kind, epsilon } = attributes;
  return [normCommand(addresses, { ...sizesOf(inputs.x), layer: kind === 'layer', epsilon })];
};

/** Rows of a block: their sums are a small part of what is written, and there are enough blocks to share. */
const blockRows = 32;

export const normGradient: Lowering<NormGradientInputs, NormGradientOutputs, NormGradientAttributes> = (
  { inputs, outputs, attributes },
  at,
  scratch,
) => {
  const { gradient, x, statistics, gain, residual, gainGradient, shiftGradient } = inputs;
  const { M, C } = sizesOf(x);
  const blocks = Math.ceil(M / blockRows);
  const partials = gainGradient || shiftGradient ? scratch(blocks * 2 * C * 4) : 0;
  const args = [
    ...[gradient, x, statistics, gain, residual, outputs.dx].map(at),
    ...[partials, M, C, blockRows, Number(attributes.kind === 'layer')],
    { f32: attributes.residualScale },
    ...[gainGradient, shiftGradient].map((tensor) => Number(tensor !== undefined)),
  ];
  return [
    rowsCommand('normGradient', args, blocks, blockRows * C),
    ...(gainGradient ? [sumRowsCommand(partials, blocks, 2 * C, at(gainGradient), C)] : []),
    ...(shiftGradient ? [sumRowsCommand(partials + 4 * C, blocks, 2 * C, at(shiftGradient), C)] : []),
  ];
};

function sizesOf(x: Tensor): { M: number; C: number } {
  const C = axis(x, -1);
  return { M: elements(x.shape) / C, C };
}
