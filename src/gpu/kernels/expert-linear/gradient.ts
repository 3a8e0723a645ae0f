/**
 * The reverse rule of `expertLinear` in its training form y[r] = x[r] · weight[expert[r]]ᵀ + residualScale · residual[r]. Which
 * expert a row goes to has no gradient; a gate and an activation are nodes of their own while a model trains.
 */
import type { Backward, Node } from '../../../graph/operation';
import { expertLinearInputGradient } from './input-gradient';
import type { ExpertLinearAttributes, ExpertLinearInputs, ExpertLinearOutputs } from './shape';
import { expertLinearWeightGradient } from './weight-gradient';

export function expertLinearGradient(
  { name, inputs, outputs, attributes }: Node<ExpertLinearInputs, ExpertLinearOutputs, ExpertLinearAttributes>,
  back: Backward,
): void {
  const { x, weight, expert, places, slots, window, residual } = inputs;
  if (attributes.gate) {
    throw new Error(`${name}: an expertLinear with a gate has no gradient. Make the gate a node of its own.`);
  }
  if (slots || window) {
    throw new Error(`${name}: experts in slots have no gradient. Train with all experts in one weight.`);
  }
  const gradient = back.of(outputs.y);
  if (!gradient) return;
  if (back.wants(residual)) back.give(residual, gradient, attributes.residualScale ?? 1);
  if (back.wants(x)) {
    back.fuse(
      x,
      (others, residualScale) =>
        back.add(
          expertLinearInputGradient,
          `${name}.inputGradient`,
          { gradient, weight, expert, places, residual: others },
          { residualScale },
        ).dx,
    );
  }
  if (back.wants(weight)) {
    const weightGradient = back.accumulator(weight);
    back.add(expertLinearWeightGradient, `${name}.weightGradient`, { gradient, x, places, weightGradient }, {});
  }
}
