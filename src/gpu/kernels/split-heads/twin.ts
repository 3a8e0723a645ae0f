/** What `splitHeads` means, on the CPU: pair (j, j + D/2) of a query or key turns by its position's angle. */
import type { Memory, Node } from '../../../graph/operation';
import { axis } from '../../../graph/tensor';
import { headColumns, rowsOf } from '../attention/heads';
import type { SplitHeadsAttributes, SplitHeadsInputs, SplitHeadsOutputs } from './shape';

export function splitHeadsTwin(
  { projected, query, turns }: Memory<SplitHeadsInputs>,
  { heads, shortcut }: Memory<SplitHeadsOutputs>,
  node: Node<SplitHeadsInputs, SplitHeadsOutputs, SplitHeadsAttributes>,
): void {
  const { attributes } = node;
  const { heads: H, groups: G, headSize: D, period, shortcut: R } = attributes;
  const half = D / 2;
  const N = axis(node.inputs.projected, -1);
  const columns = headColumns(attributes);
  /** Columns of the heads that do not stand in the projection. */
  const missing = query ? H * D : 0;
  for (let r = 0; r < rowsOf(node.inputs.projected); r++) {
    for (let head = 0; head < H + 2 * G; head++) {
      const [source, start] = query && head < H ? [query, (r * H + head) * D] : [projected, r * N + head * D - missing];
      const target = r * columns + head * D;
      for (let j = 0; j < half; j++) {
        const turn = ((r % period) * half + j) * 2;
        const isTurned = turns && head < H + G;
        const [cos, sin] = isTurned ? [turns[turn] as number, turns[turn + 1] as number] : [1, 0];
        const a = source[start + j] as number;
        const b = source[start + half + j] as number;
        heads[target + j] = a * cos - b * sin;
        heads[target + half + j] = b * cos + a * sin;
      }
    }
    for (let c = 0; shortcut && c < R; c++) shortcut[r * R + c] = gelu(projected[(r + 1) * N - R + c] as number);
  }
}

const { PI, cosh, sqrt, tanh } = Math;

/** GELU in its tanh form: z/2 · (1 + tanh(√(2/π) · (z + 0.044715 z³))). */
function gelu(z: number): number {
  return 0.5 * z * (1 + tanh(sqrt(2 / PI) * (z + 0.044715 * z ** 3)));
}

/** Its derivative. */
export function geluSlope(z: number): number {
  const u = sqrt(2 / PI) * (z + 0.044715 * z ** 3);
  const slope = sqrt(2 / PI) * (1 + 3 * 0.044715 * z * z);
  return 0.5 * (1 + tanh(u)) + (0.5 * z * slope) / cosh(u) ** 2;
}
