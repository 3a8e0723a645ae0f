/** `splitHeads` and its gradient, row by row. */
import { headColumns, rowsOf } from '../../gpu/kernels/attention/heads';
import type {
  SplitHeadsAttributes,
  SplitHeadsGradientAttributes,
  SplitHeadsGradientInputs,
  SplitHeadsGradientOutputs,
  SplitHeadsInputs,
  SplitHeadsOutputs,
} from '../../gpu/kernels/split-heads/shape';
import type { Lowering } from '../command';
import { rowsCommand } from './rows';

export const splitHeads: Lowering<SplitHeadsInputs, SplitHeadsOutputs, SplitHeadsAttributes> = (node, at) => {
  const { inputs, outputs, attributes } = node;
  const { projected, query, turns } = inputs;
  const tensors = [projected, attributes.rotate ? turns : undefined, outputs.heads, outputs.shortcut, query];
  const args = [...sizesOf(attributes), ...tensors.map(at)];
  return [rowsCommand('splitHeads', args, rowsOf(projected), workOf(attributes))];
};

export const splitHeadsGradient: Lowering<
  SplitHeadsGradientInputs,
  SplitHeadsGradientOutputs,
  SplitHeadsGradientAttributes
> = ({ inputs, outputs, attributes }, at) => {
  const { headsGradient, shortcutGradient, projected, turns } = inputs;
  const { projectedGradient, queryGradient } = outputs;
  const tensors = [
    ...[projected, attributes.rotate ? turns : undefined, headsGradient],
    ...[shortcutGradient, queryGradient, projectedGradient],
  ];
  const args = [...sizesOf(attributes), ...tensors.map(at)];
  return [rowsCommand('splitHeadsGradient', args, rowsOf(projected), workOf(attributes))];
};

function sizesOf({ heads, groups, headSize, period, shortcut }: SplitHeadsAttributes): number[] {
  return [heads, groups, headSize, period, shortcut];
}

/** Work of a row; a gelu counts as four elements that turn. */
function workOf(attributes: SplitHeadsAttributes): number {
  return headColumns(attributes) + 4 * attributes.shortcut;
}
