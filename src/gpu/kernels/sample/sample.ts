/**
 * Chooses the next token on the GPU, so that decoding never waits for the CPU: the token and the cursor are state that the
 * next run reads.
 *
 * The rule, the same in every kernel and the twin: temperature 0 takes the highest logit (ties to the lower id). Else logits
 * are divided by the temperature (at least 1e-6); the topK highest stay (0 is all); of them the smallest set, in descending order, whose
 * share reaches topP; and u in [0, 1), threefry2x32 of (seed, "PANG") and (position, 0), picks the first token, in descending
 * order (id order when nothing was cut), whose cumulative mass exceeds u of the whole.
 *
 * Any logits give a valid id: see record.ts for those that are not numbers.
 */
import type { Node, Operation, Variant } from '../../../graph/operation';
import { axis, elements } from '../../../graph/tensor';
import { expectShape } from '../expect-shape';
import { recordLength } from '../top-tokens/record';
import groupKernel from './group.wgsl?raw';
import naiveKernel from './naive.wgsl?raw';
import type { SampleInputs, SampleOutputs } from './shape';
import threadKernel from './thread.wgsl?raw';
import { sampleTwin } from './twin';

type SampleVariant = Variant<SampleInputs, SampleOutputs, object>;

function kernel(name: SampleVariant['name'], family: SampleVariant['family'], wgsl: string): SampleVariant {
  return {
    name,
    family,
    wgsl,
    bindings: ['logits', 'settings', 'cursor', 'token', 'record'],
    supports: () => true,
    launch: ({ inputs, outputs }: Node<SampleInputs, SampleOutputs, object>) => ({
      uniforms: [{ name: 'V', u32: axis(inputs.logits, -1) }],
      tensors: { ...inputs, record: outputs.record },
      workgroups: [1, 1, 1],
    }),
  };
}

export const sample: Operation<SampleInputs, SampleOutputs, object> = {
  name: 'sample',
  updates: ['cursor', 'token'],
  outputs: ({ logits, settings, cursor, token }) => {
    expectShape('sample', logits, [1, axis(logits, -1)], 'the logits of one token');
    expectShape('sample', settings, [8], 'seed, topK, temperature, topP and zeros');
    expectShape('sample', cursor, [4], 'position, rows, prefix length, 0');
    expectShape('sample', token, [1], 'the id that the next run reads');
    return { record: { shape: [recordLength], element: 'u32' } };
  },
  /** An exponential, two sums and a product a logit, at temperature 1 and at the sampler's. */
  flops: ({ inputs }) => 10 * elements(inputs.logits.shape),
  twin: sampleTwin,
  variants: [
    kernel('naive', 'naive', naiveKernel),
    kernel('thread', 'thread', threadKernel),
    kernel('group', 'group', groupKernel),
  ],
};
