/** `activate` and its gradient, which has a kernel of its own for a series. */
import {
  type ActivateAttributes,
  type ActivateGradientInputs,
  type ActivateGradientOutputs,
  type ActivateInputs,
  type ActivateOutputs,
  activateSizes,
} from '../../gpu/kernels/activate/shape';
import type { Lowering } from '../command';
import { activationCode } from './activation';
import { rowsCommand } from './rows';

/** An exponential and a division, in elements that are only moved. */
const weight = 4;

/** Columns of a unit of a series' gradient: `stripColumns` in kernels/activate-gradient.ts. */
const stripColumns = 16;

export const activate: Lowering<ActivateInputs, ActivateOutputs, ActivateAttributes> = (node, at) => {
  const { inputs, outputs, attributes } = node;
  const { M, F } = activateSizes(inputs, attributes);
  const { kind, gated, branches } = attributes;
  const args = [
    ...[inputs.h, inputs.scale, inputs.offset, outputs.y].map(at),
    ...[F, activationCode[kind], Number(gated), branches],
  ];
  return [rowsCommand('activate', args, M, F * weight * branches)];
};

export const activateGradient: Lowering<ActivateGradientInputs, ActivateGradientOutputs, ActivateAttributes> = (
  { inputs, outputs, attributes },
  at,
) => {
  const { gradient, h, scale, offset, scaleGradient, offsetGradient } = inputs;
  const { M, F } = activateSizes(inputs, attributes);
  const { kind, gated, branches } = attributes;
  const args = [at(gradient), at(h), at(outputs.dh), M, F, activationCode[kind], Number(gated)];
  if (!scale) return [rowsCommand('activateGradient', args, M, F * weight)];
  const series = [...[scale, offset, scaleGradient, offsetGradient].map(at), branches];
  const work = stripColumns * M * weight * branches;
  return [rowsCommand('activateSeriesGradient', [...args, ...series], Math.ceil(F / stripColumns), work)];
};
