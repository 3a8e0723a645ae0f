/** What `sample` means, on the CPU: sort, cut, draw. */
import type { Memory, Node } from '../../../graph/operation';
import { threefry2x32, uniform24 } from '../../../graph/random';
import { axis } from '../../../graph/tensor';
import { bitsOf, cleanRow, descending, describeRow, floatOf } from '../top-tokens/record';
import type { SampleInputs, SampleOutputs } from './shape';

/** Second word of the sampler's key, so that no other user of the seed draws the same numbers ("PANG"). */
export const sampleKey = 0x50414e47;

export function sampleTwin(
  { logits, settings, cursor, token }: Memory<SampleInputs>,
  { record }: Memory<SampleOutputs>,
  node: Node<SampleInputs, SampleOutputs, object>,
): void {
  const clean = cleanRow(logits, 0, axis(node.inputs.logits, -1));
  const order = descending(clean);
  const probabilities = describeRow(clean, order, record, 0);
  const position = cursor[0] as number;
  const [seed, topK, temperature, topP] = settings as unknown as [number, number, number, number];
  const [word] = threefry2x32([seed, sampleKey], [position, 0]);
  const chosen = choose(clean, order, topK, floatOf(temperature), floatOf(topP), uniform24(word));
  record[0] = chosen;
  record[1] = position;
  record[2] = bitsOf(probabilities[chosen] as number);
  token[0] = chosen;
  cursor[0] = position + 1;
  cursor[1] = 1;
}

/** The sampling rule; `order` are the ids from the highest logit to the lowest. */
function choose(
  logits: Float64Array,
  order: Uint32Array,
  topK: number,
  temperature: number,
  topP: number,
  u: number,
): number {
  const best = order[0] as number;
  if (!(temperature > 0)) return best;
  const weightOf = (id: number): number =>
    Math.exp(Math.max((logits[id] as number) - (logits[best] as number), -1e6) / Math.max(temperature, 1e-6));

  const truncatedByRank = topK > 0 && topK < order.length;
  if (!truncatedByRank && !(topP < 1)) return draw(order.slice().sort(), weightOf, u);
  const kept = truncatedByRank ? order.subarray(0, topK) : order;
  return draw(topP < 1 ? nucleus(kept, weightOf, topP) : kept, weightOf, u);
}

/** The shortest head of `kept` that holds `topP` of its mass; never empty. */
function nucleus(kept: Uint32Array, weightOf: (id: number) => number, topP: number): Uint32Array {
  const goal = topP * massOf(kept, weightOf);
  let mass = 0;
  for (let i = 0; i < kept.length; i++) {
    mass += weightOf(kept[i] as number);
    if (mass >= goal) return kept.subarray(0, i + 1);
  }
  return kept;
}

/** The first of `kept` whose cumulative mass exceeds u of the whole. */
function draw(kept: Uint32Array, weightOf: (id: number) => number, u: number): number {
  const goal = u * massOf(kept, weightOf);
  let mass = 0;
  for (const id of kept) {
    mass += weightOf(id);
    if (mass > goal) return id;
  }
  return kept.at(-1) as number;
}

function massOf(ids: Uint32Array, weightOf: (id: number) => number): number {
  return ids.reduce((sum, id) => sum + weightOf(id), 0);
}
