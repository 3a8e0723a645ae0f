/**
 * The end of Muon's step, over the chunks that hold matrices: w ← w (1 − lr · decay) − lr · update, and
 * changes[P/256] = (Σ Δw², Σ w²) of each chunk. In a step that is not finite nothing changes.
 */
import { chunkSize } from '../../../graph/flat';
import type { Memory, Operation } from '../../../graph/operation';
import { elements, type Tensor } from '../../../graph/tensor';
import { expectShape } from '../expect-shape';
import { chunksOf, recordAt, recordLength } from '../gradient-norm/record';

export interface MuonApplyInputs {
  /** f32[P]. */
  readonly parameters: Tensor;
  /** f32[P]: the last iterate; what it holds between matrices is not read. */
  readonly iterate: Tensor;
  /** u32[P/256]: row of `rules` for each chunk. */
  readonly groups: Tensor;
  /** u32[P/256]: elements of each chunk that belong to a matrix; 0 leaves the chunk alone. */
  readonly lengths: Tensor;
  /** f32[n, 4]: factor of the learning rate, weight decay, 0, 0. */
  readonly rules: Tensor;
  /** f32[32], of `stepRecord`. */
  readonly record: Tensor;
  /** f32[P/256, 2], written for the chunks that hold matrices. */
  readonly changes: Tensor;
}

export interface MuonApplyAttributes {
  /** All lengths are multiples of 4. */
  readonly aligned: boolean;
}

function muonApplyTwin({
  parameters,
  iterate,
  groups,
  lengths,
  rules,
  record,
  changes,
}: Memory<MuonApplyInputs>): void {
  lengths.forEach((length, chunk) => {
    if (length === 0) return;
    let changed = 0;
    let held = 0;
    if (record[recordAt.finite] === 1) {
      const group = groups[chunk] as number;
      const rate = (record[recordAt.update] as number) * (rules[4 * group] as number);
      const keep = 1 - rate * (rules[4 * group + 1] as number);
      for (let i = chunk * chunkSize; i < chunk * chunkSize + length; i++) {
        const before = parameters[i] as number;
        const after = before * keep - rate * (iterate[i] as number);
        parameters[i] = after;
        changed += (after - before) * (after - before);
        held += after * after;
      }
    }
    changes[2 * chunk] = changed;
    changes[2 * chunk + 1] = held;
  });
}

export const muonApply: Operation<MuonApplyInputs, object, MuonApplyAttributes> = {
  name: 'muonApply',
  updates: ['parameters', 'changes'],
  outputs: ({ parameters, iterate, groups, lengths, record, changes }) => {
    const chunks = chunksOf(parameters);
    expectShape('muonApply', iterate, [elements(parameters.shape)], 'as many elements as the parameters');
    expectShape('muonApply', groups, [chunks], 'the group of each chunk');
    expectShape('muonApply', lengths, [chunks], 'elements of matrices in each chunk');
    expectShape('muonApply', record, [recordLength], 'the record of the step');
    expectShape('muonApply', changes, [chunks, 2], 'two sums a chunk');
    return {};
  },
  flops: ({ inputs }) => 8 * elements(inputs.parameters.shape),
  twin: muonApplyTwin,
  variants: [],
  fetchVariants: async () => (await import('./variants')).muonApplyVariants,
};
