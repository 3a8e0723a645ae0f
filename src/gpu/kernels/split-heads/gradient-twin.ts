/** The gradient of `splitHeads` on the CPU: the turn backwards, and gelu′ for the shortcut's columns. */
import type { Memory, Node } from '../../../graph/operation';
import { axis } from '../../../graph/tensor';
import { headColumns, rowsOf } from '../attention/heads';
import type { SplitHeadsGradientAttributes, SplitHeadsGradientInputs, SplitHeadsGradientOutputs } from './shape';
import { geluSlope } from './twin';

export function splitHeadsGradientTwin(
  { headsGradient, shortcutGradient, projected, turns }: Memory<SplitHeadsGradientInputs>,
  { projectedGradient, queryGradient }: Memory<SplitHeadsGradientOutputs>,
  node: Node<SplitHeadsGradientInputs, SplitHeadsGradientOutputs, SplitHeadsGradientAttributes>,
): void {
  const { attributes } = node;
  const { heads: H, groups: G, headSize: D, period, shortcut: R } = attributes;
  const half = D / 2;
  const N = axis(node.inputs.projected, -1);
  const columns = headColumns(attributes);
  const missing = queryGradient ? H * D : 0;
  for (let r = 0; r < rowsOf(node.inputs.projected); r++) {
    for (let head = 0; head < H + 2 * G; head++) {
      const source = r * columns + head * D;
      const [target, start] =
        queryGradient && head < H
          ? [queryGradient, (r * H + head) * D]
          : [projectedGradient, r * N + head * D - missing];
      for (let j = 0; j < half; j++) {
        const turn = ((r % period) * half + j) * 2;
        const isTurned = turns && head < H + G;
        const [cos, sin] = isTurned ? [turns[turn] as number, turns[turn + 1] as number] : [1, 0];
        const a = headsGradient ? (headsGradient[source + j] as number) : 0;
        const b = headsGradient ? (headsGradient[source + half + j] as number) : 0;
        target[start + j] = a * cos + b * sin;
        target[start + half + j] = b * cos - a * sin;
      }
    }
    for (let c = 0; c < R; c++) {
      const place = (r + 1) * N - R + c;
      const gradient = shortcutGradient ? (shortcutGradient[r * R + c] as number) : 0;
      projectedGradient[place] = gradient * geluSlope(projected[place] as number);
    }
  }
}
