/**
 * How much a step changed each group of parameters: ratios[g] = √(Σ Δw² / Σ w²), the update-to-weight ratio. About 1e-3 is
 * healthy; far more is a learning rate that is too high.
 */
import type { Memory, Node, Operation, Variant } from '../../../graph/operation';
import { elements, type Tensor } from '../../../graph/tensor';
import { expectShape } from '../expect-shape';
import groupKernel from './change-ratios-group.wgsl?raw';
import naiveKernel from './change-ratios-naive.wgsl?raw';
import threadKernel from './change-ratios-thread.wgsl?raw';
import { mostGroups, ratiosLength } from './record';

export interface ChangeRatiosInputs {
  /** f32[P/256, 2]: Σ Δw² and Σ w² of each chunk, of the optimiser. */
  readonly changes: Tensor;
  /** u32[P/256]: group of each chunk, below 12. */
  readonly groups: Tensor;
  /** f32[16], written: a ratio a group. */
  readonly ratios: Tensor;
}

type RatiosNode = Node<ChangeRatiosInputs, object, object>;
type RatiosVariant = Variant<ChangeRatiosInputs, object, object>;

function variant(name: string, family: RatiosVariant['family'], wgsl: string, workgroups: number): RatiosVariant {
  return {
    name,
    family,
    wgsl,
    bindings: ['changes', 'groups', 'ratios'],
    supports: () => true,
    launch: ({ inputs }: RatiosNode) => ({
      uniforms: [{ name: 'chunks', u32: elements(inputs.groups.shape) }],
      tensors: { ...inputs },
      workgroups: [workgroups, 1, 1],
    }),
  };
}

function changeRatiosTwin({ changes, groups, ratios }: Memory<ChangeRatiosInputs>): void {
  const changed = new Float64Array(mostGroups);
  const held = new Float64Array(mostGroups);
  groups.forEach((group, chunk) => {
    if (group >= mostGroups) return;
    changed[group] = (changed[group] as number) + (changes[2 * chunk] as number);
    held[group] = (held[group] as number) + (changes[2 * chunk + 1] as number);
  });
  ratios.fill(0);
  held.forEach((sum, group) => {
    if (sum > 0) ratios[group] = Math.sqrt((changed[group] as number) / sum);
  });
}

export const changeRatios: Operation<ChangeRatiosInputs, object, object> = {
  name: 'changeRatios',
  updates: ['ratios'],
  outputs: ({ changes, groups, ratios }) => {
    expectShape('changeRatios', changes, [elements(groups.shape), 2], 'two sums a chunk');
    expectShape('changeRatios', ratios, [ratiosLength], 'a ratio a group');
    return {};
  },
  flops: ({ inputs }) => elements(inputs.changes.shape),
  twin: changeRatiosTwin,
  variants: [
    variant('naive', 'naive', naiveKernel, 1),
    variant('thread', 'thread', threadKernel, 4),
    variant('group', 'group', groupKernel, ratiosLength),
  ],
};
