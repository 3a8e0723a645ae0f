/**
 * The reverse rule of `linear` in its training form y = x · weightᵀ + bias + x2 · weight2ᵀ + residualScale · residual:
 *
 *     dx = dy · weight            dweight = dyᵀ · x       dbias = column sums of dy
 *     dx2 = dy · weight2          dweight2 = dyᵀ · x2     dresidual = residualScale · dy
 *
 * Norm, gate and activation are nodes of their own while a model trains, so that what their gradients need is in memory.
 */
import type { Backward, Node } from '../../../graph/operation';
import type { Tensor } from '../../../graph/tensor';
import { linearInputGradient } from './input-gradient';
import type { LinearAttributes, LinearInputs, LinearOutputs } from './shape';
import { linearWeightGradient } from './weight-gradient';

export function linearGradient(node: Node<LinearInputs, LinearOutputs, LinearAttributes>, back: Backward): void {
  const { name, inputs, outputs, attributes } = node;
  const { norm, gate, activation, x2Offset } = attributes;
  if (norm || gate || activation) {
    throw new Error(
      `${name}: a linear with a norm, a gate or an activation has no gradient. Make them nodes of their own.`,
    );
  }
  if (x2Offset) {
    throw new Error(
      `${name}: the second product starts at column ${x2Offset} of x2; its gradient needs it to start at 0.`,
    );
  }
  const gradient = back.of(outputs.y);
  if (!gradient) return;
  if (back.wants(inputs.residual)) back.give(inputs.residual, gradient, attributes.residualScale ?? 1);
  addInputGradients(node, gradient, back);
  addWeightGradients(node, gradient, back);
}

function addInputGradients(
  { name, inputs }: Node<LinearInputs, LinearOutputs, LinearAttributes>,
  gradient: Tensor,
  back: Backward,
): void {
  const { x, weight, x2, weight2 } = inputs;
  // One dispatch serves both when both are wanted, else the one that is wanted stands alone.
  const both = back.wants(x) && back.wants(x2);
  const product = (factor: Tensor, second: Tensor | undefined, residual: Tensor | undefined, residualScale: number) =>
    back.add(
      linearInputGradient,
      `${name}.inputGradient`,
      { gradient, weight: factor, residual, weight2: second },
      { residualScale },
    );
  if (back.wants(x)) {
    let dx2: Tensor | undefined;
    back.fuse(x, (residual, residualScale) => {
      const outs = product(weight, both ? weight2 : undefined, residual, residualScale);
      dx2 = outs.dx2;
      return outs.dx;
    });
    if (x2 && dx2) back.give(x2, dx2);
  } else if (weight2 && back.wants(x2)) {
    back.fuse(x2, (residual, residualScale) => product(weight2, undefined, residual, residualScale).dx);
  }
}

function addWeightGradients(
  { name, inputs }: Node<LinearInputs, LinearOutputs, LinearAttributes>,
  gradient: Tensor,
  back: Backward,
): void {
  const accumulator = (parameter: Tensor | undefined): Tensor | undefined =>
    back.wants(parameter) ? back.accumulator(parameter) : undefined;
  const weightGradient = accumulator(inputs.weight);
  const biasGradient = accumulator(inputs.bias);
  const weight2Gradient = accumulator(inputs.weight2);
  if (!weightGradient && !biasGradient && !weight2Gradient) return;
  back.add(
    linearWeightGradient,
    `${name}.weightGradient`,
    {
      gradient,
      x: inputs.x,
      x2: weight2Gradient && inputs.x2,
      weightGradient,
      biasGradient,
      weight2Gradient,
    },
    {},
  );
}
