/** `gateScale` and its gradient, row by row. */
import {
  type GateScaleAttributes,
  type GateScaleGradientInputs,
  type GateScaleGradientOutputs,
  type GateScaleInputs,
  type GateScaleOutputs,
  gateScaleSizes,
} from '../../gpu/kernels/gate-scale/shape';
import type { Lowering } from '../command';
import { rowsCommand } from './rows';

/** The exponential of a score, in elements that are only moved. */
const weight = 3;

export const gateScale: Lowering<GateScaleInputs, GateScaleOutputs, GateScaleAttributes> = (
  { inputs, outputs },
  at,
) => {
  const { M, F, E } = gateScaleSizes(inputs);
  const { h, scores, expert } = inputs;
  const args = [at(h), at(scores), at(expert), F, E, at(outputs.out)];
  return [rowsCommand('gateScale', args, M, F + E * weight)];
};

export const gateScaleGradient: Lowering<GateScaleGradientInputs, GateScaleGradientOutputs, GateScaleAttributes> = (
  { inputs, outputs, attributes: { coefficient } },
  at,
) => {
  const { M, F, E } = gateScaleSizes(inputs);
  const { h, scores, expert, gradient, places, lossWeight } = inputs;
  const args = [
    ...[at(h), at(scores), at(expert), F, E, at(outputs.dh)],
    ...[at(gradient), at(outputs.dscores), at(places), coefficient > 0 ? at(lossWeight) : 0],
    { f32: coefficient },
  ];
  return [rowsCommand('gateScaleGradient', args, M, 2 * F + E * weight)];
};
