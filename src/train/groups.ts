/**
 * The groups of parameters that an optimiser treats alike and that gradient norms are reported for, by the names of the
 * checkpoint (docs/checkpoint-format.md). Matrices decay; norms, biases and the scales of a series do not.
 */
import type { Tensor } from '../graph/tensor';
import { type ParameterGroup, parameterGroups } from './curves';

/** Groups whose weights decay. */
const decaying: ReadonlySet<ParameterGroup> = new Set(['embedding', 'attention', 'ffn', 'head']);

export function groupOf({ name, packable }: Tensor): ParameterGroup {
  if (/embed|soft_prompt/.test(name)) return 'embedding';
  if (name.startsWith('lm_head')) return 'head';
  if (packable) return name.includes('self_attn') ? 'attention' : 'ffn';
  return /norm/.test(name) ? 'norm' : 'vector';
}

export function groupIndex(parameter: Tensor): number {
  return parameterGroups.indexOf(groupOf(parameter));
}

/** f32[n,4]: learning-rate scale, weight decay, 0, 0 of each group. */
export function rulesOf(weightDecay: number): Float32Array<ArrayBuffer> {
  return Float32Array.from(parameterGroups.flatMap((group) => [1, decaying.has(group) ? weightDecay : 0, 0, 0]));
}
