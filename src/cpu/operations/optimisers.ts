/** `adamw` and `sgd`: one command over all chunks. */
import type { AdamwInputs } from '../../gpu/kernels/adamw/adamw';
import type { OptimiserInputs, OptimiserOutputs } from '../../gpu/kernels/gradient-norm/optimiser';
import type { Lowering } from '../command';
import { chunksCommand } from './chunks';

export const adamw: Lowering<AdamwInputs, OptimiserOutputs, object> = ({ inputs, outputs: { changes } }, at) => {
  const { parameters, gradients, first, second, groups, rules, record } = inputs;
  const tensors = [parameters, gradients, first, second, groups, rules, record, changes];
  return [chunksCommand('adamw', parameters, (chunks) => [...tensors.map(at), chunks])];
};

export const sgd: Lowering<OptimiserInputs, OptimiserOutputs, object> = ({ inputs, outputs: { changes } }, at) => {
  const { parameters, gradients, first, groups, rules, record } = inputs;
  const tensors = [parameters, gradients, first, groups, rules, record, changes];
  return [chunksCommand('sgd', parameters, (chunks) => [...tensors.map(at), chunks])];
};
