/** `gateScale` and its gradient, row by row. */
import type {
  GateScaleAttributes,
  GateScaleGradientInputs,
  GateScaleGradientOutputs,
  GateScaleInputs,
  GateScaleOutputs,
} from '../../gpu/kernels/gate-scale/shape';
import { axis, elements } from '../../graph/tensor';
import type { Lowering } from '../command';
import { rowsCommand } from './rows';

/** The exponential of a score, in elements that are only moved. */
const weight = 3;

export const gateScale: Lowering<GateScaleInputs, GateScaleOutputs, GateScaleAttributes> = (
  { inputs: { h, scores, expert }, outputs },
  at,
) => {
  const F = axis(h, -1);
  const E = axis(scores, -1);
  const args = [at(h), at(scores), at(expert), F, E, at(outputs.out)];
  return [rowsCommand('gateScale', args, elements(h.shape) / F, F + E * weight)];
};

export const gateScaleGradient: Lowering<GateScaleGradientInputs, GateScaleGradientOutputs, GateScaleAttributes> = (
  { inputs: { h, scores, expert, gradient, places, lossWeight }, outputs, attributes: { coefficient } },
  at,
) => {
  const F = axis(h, -1);
  const E = axis(scores, -1);
  const args = [
    ...[at(h), at(scores), at(expert), F, E, at(outputs.dh)],
    ...[at(gradient), at(outputs.dscores), at(places), coefficient > 0 ? at(lossWeight) : 0],
    { f32: coefficient },
  ];
  return [rowsCommand('gateScaleGradient', args, elements(h.shape) / F, 2 * F + E * weight)];
};
