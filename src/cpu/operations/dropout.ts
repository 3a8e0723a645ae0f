import type { DropoutAttributes, DropoutInputs, DropoutOutputs } from '../../gpu/kernels/dropout/shape';
import { elements } from '../../graph/tensor';
import type { Lowering } from '../command';
import { elementsCommand } from './rows';

export const dropout: Lowering<DropoutInputs, DropoutOutputs, DropoutAttributes> = (node, at) => {
  const { inputs, outputs } = node;
  const { rate, stream, residualScale } = node.attributes;
  const count = elements(inputs.x.shape);
  const args = [
    ...[at(inputs.x), at(inputs.residual), at(inputs.draw), at(outputs.out), count, stream],
    // Whole numbers compare exactly: a uniform is word / 2²⁴ ≥ rate just when word ≥ ⌈rate · 2²⁴⌉.
    Math.ceil(rate * 2 ** 24),
    { f32: 1 / (1 - rate) },
    { f32: residualScale },
  ];
  return [elementsCommand('dropout', args, count, 4)];
};
