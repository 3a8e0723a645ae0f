/** What surrounds an optimiser's step: the gradients' squares, the losses' sum, the record of the step and its ratios. */
import type { ChangeRatiosInputs } from '../../gpu/kernels/gradient-norm/change-ratios';
import type { GradientSquaresInputs, GradientSquaresOutputs } from '../../gpu/kernels/gradient-norm/gradient-squares';
import type { StepRecordInputs } from '../../gpu/kernels/gradient-norm/step-record';
import type { SumLossesInputs } from '../../gpu/kernels/gradient-norm/sum-losses';
import { elements } from '../../graph/tensor';
import type { Lowering } from '../command';
import { chunksCommand } from './chunks';

export const gradientSquares: Lowering<GradientSquaresInputs, GradientSquaresOutputs, object> = (
  { inputs: { gradients }, outputs: { squares } },
  at,
) => [chunksCommand('gradientSquares', gradients, (chunks) => [at(gradients), at(squares), chunks])];

export const sumLosses: Lowering<SumLossesInputs, object, object> = ({ inputs: { losses, lossSum } }, at) => [
  { kernel: 'sumLosses', args: [at(losses), elements(losses.shape), at(lossSum)], units: 1 },
];

export const stepRecord: Lowering<StepRecordInputs, object, object> = ({ inputs }, at) => {
  const { squares, groups, update, lossSum, record } = inputs;
  const args = [...[squares, groups, update, lossSum, record].map(at), elements(squares.shape)];
  return [{ kernel: 'stepRecord', args, units: 1 }];
};

export const changeRatios: Lowering<ChangeRatiosInputs, object, object> = ({ inputs }, at) => {
  const { changes, groups, ratios } = inputs;
  return [{ kernel: 'changeRatios', args: [...[changes, groups, ratios].map(at), elements(groups.shape)], units: 1 }];
};
