/** What `embedGradient` means, on the CPU. Sums are float64 whatever the arrays hold. */
import type { Memory, Node, Numbers } from '../../../graph/operation';
import { axis } from '../../../graph/tensor';
import type { EmbedGradientAttributes, EmbedGradientInputs } from './gradient-shape';

export function embedGradientTwin(
  { gradient, ids, tableGradient, positionsGradient, promptGradient }: Memory<EmbedGradientInputs>,
  _: object,
  { inputs, attributes }: Node<EmbedGradientInputs, object, EmbedGradientAttributes>,
): void {
  const { period, prompt, scale } = attributes;
  const C = axis(inputs.gradient, -1);
  const M = gradient.length / C;
  const rows = Array.from({ length: M }, (_, row) => row);
  const place = (row: number) => row % period;
  if (ids && tableGradient) {
    const V = tableGradient.length / C;
    const fromTable = rows.filter((row) => place(row) >= prompt);
    addRows(gradient, C, fromTable, (row) => Math.min(ids[row] as number, V - 1), tableGradient, scale);
  }
  if (positionsGradient) addRows(gradient, C, rows, place, positionsGradient, 1);
  if (promptGradient) {
    const fromPrompt = rows.filter((row) => place(row) < prompt);
    addRows(gradient, C, fromPrompt, place, promptGradient, 1);
  }
}

/** total[index(row)] += scale · gradient[row] over `rows`. */
function addRows(
  gradient: Numbers,
  C: number,
  rows: readonly number[],
  index: (row: number) => number,
  total: Numbers,
  scale: number,
): void {
  const sums = new Map<number, Float64Array>();
  for (const row of rows) {
    const at = index(row);
    const sum = sums.get(at) ?? new Float64Array(C);
    for (let c = 0; c < C; c++) sum[c] = (sum[c] as number) + (gradient[row * C + c] as number);
    sums.set(at, sum);
  }
  for (const [at, sum] of sums) {
    for (let c = 0; c < C; c++) total[at * C + c] = (total[at * C + c] as number) + scale * (sum[c] as number);
  }
}
