/** `crossEntropy` and its gradient, row by row. */
import {
  type CrossEntropyGradientInputs,
  type CrossEntropyInputs,
  type CrossEntropyOutputs,
  crossEntropySizes,
} from '../../gpu/kernels/cross-entropy/shape';
import type { Lowering } from '../command';
import { rowsCommand } from './rows';

/** An exponential, in elements that are only moved. */
const weight = 3;

export const crossEntropy: Lowering<CrossEntropyInputs, CrossEntropyOutputs, object> = ({ inputs, outputs }, at) => {
  const { M, V } = crossEntropySizes(inputs.logits);
  const args = [at(inputs.logits), at(inputs.targets), at(outputs.logSumExp), V, at(outputs.losses)];
  return [rowsCommand('crossEntropy', args, M, V * weight)];
};

export const crossEntropyGradient: Lowering<CrossEntropyGradientInputs, object, object> = ({ inputs }, at) => {
  const { M, V } = crossEntropySizes(inputs.logits);
  const args = [at(inputs.logits), at(inputs.targets), at(inputs.logSumExp), V, at(inputs.lossWeight)];
  return [rowsCommand('crossEntropyGradient', args, M, V * weight)];
};
