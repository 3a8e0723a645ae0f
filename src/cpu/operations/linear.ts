/**
 * `linear` and its two gradients as matrix products. A second product of the same output follows the first and adds to it.
 */
import type {
  InputGradientAttributes,
  InputGradientInputs,
  InputGradientOutputs,
} from '../../gpu/kernels/linear/input-gradient-shape';
import { inputGradientSizes } from '../../gpu/kernels/linear/input-gradient-shape';
import {
  type LinearAttributes,
  type LinearInputs,
  type LinearOutputs,
  linearSizes,
} from '../../gpu/kernels/linear/shape';
import { type WeightGradientInputs, weightGradientSizes } from '../../gpu/kernels/linear/weight-gradient-shape';
import type { Tensor } from '../../graph/tensor';
import type { Command, Lowering } from '../command';
import { activationCode } from './activation';
import { type ProductEnd, productCommand } from './product';
import { sumRowsCommand } from './sum-rows';
import { isTokenLinear, tokenLinearCommands } from './token-linear';

export const linear: Lowering<LinearInputs, LinearOutputs, LinearAttributes> = (node, at, scratch, matrices) => {
  if (isTokenLinear(node)) return tokenLinearCommands(node, at, scratch, matrices);
  const { inputs, outputs, attributes } = node;
  const { M, N, K, K2, stride2, biasRows } = linearSizes(inputs, attributes);
  const y = { at: at(outputs.y), stride: N };
  const product = (x: number, stride: number, weight: Tensor, columns: number, end: ProductEnd) => {
    const quantised = matrices.of(weight);
    const a = { at: x, stride, eightBits: quantised !== null && matrices.integerActivations };
    const b = { at: at(weight), stride: columns, transposed: true, quantised };
    return productCommand({ M, N, K: columns }, a, b, y, end);
  };
  const first = product(at(inputs.x), K, inputs.weight, K, {
    bias: at(inputs.bias),
    biasCount: biasRows,
    residual: at(inputs.residual),
    residualScale: attributes.residualScale ?? 1,
    ...(attributes.activation && {
      activation: activationCode[attributes.activation.kind],
      activationFrom: attributes.activation.from,
    }),
  });
  if (!inputs.x2 || !inputs.weight2) return [first];
  const x2 = at(inputs.x2) + 4 * (attributes.x2Offset ?? 0);
  return [first, product(x2, stride2, inputs.weight2, K2, { accumulate: true })];
};

export const linearInputGradient: Lowering<InputGradientInputs, InputGradientOutputs, InputGradientAttributes> = (
  { inputs, outputs, attributes },
  at,
) => {
  const { M, N, K, K2 } = inputGradientSizes(inputs);
  const gradient = { at: at(inputs.gradient), stride: N };
  const back = (weight: number, columns: number, target: number, end = {}): Command =>
    productCommand(
      { M, N: columns, K: N },
      gradient,
      { at: weight, stride: columns },
      { at: target, stride: columns },
      end,
    );
  const dx = back(at(inputs.weight), K, at(outputs.dx), {
    residual: at(inputs.residual),
    residualScale: attributes.residualScale,
  });
  return inputs.weight2 ? [dx, back(at(inputs.weight2), K2, at(outputs.dx2))] : [dx];
};

export const linearWeightGradient: Lowering<WeightGradientInputs, object, object> = ({ inputs }, at) => {
  const { M, N, K, K2, biasRows } = weightGradientSizes(inputs);
  const { gradient, x, x2, weightGradient, biasGradient, weight2Gradient } = inputs;
  const outer = (columns: number, factor: number, target: number): Command =>
    productCommand(
      { M: N, N: columns, K: M },
      { at: at(gradient), stride: N, transposed: true },
      { at: factor, stride: columns },
      { at: target, stride: columns },
      { accumulate: true },
    );
  return [
    ...(weightGradient ? [outer(K, at(x), at(weightGradient))] : []),
    ...(x2 && weight2Gradient ? [outer(K2, at(x2), at(weight2Gradient))] : []),
    ...(biasGradient ? [sumRowsCommand(at(gradient), M, N, at(biasGradient), biasRows)] : []),
  ];
};
