/**
 * The record of a step (see record.ts): loss, norm of the gradients over all and over each group, the clip factor and whether
 * everything is finite. It stands between the gradients and the optimiser, reads the sum of the losses, and sets it back.
 */
import type { Memory, Node, Operation, Variant } from '../../../graph/operation';
import { elements, type Tensor } from '../../../graph/tensor';
import { expectShape } from '../expect-shape';
import { mostGroups, recordAt, recordLength, updateAt, updateLength } from './record';
import groupKernel from './step-record-group.wgsl?raw';
import naiveKernel from './step-record-naive.wgsl?raw';
import threadKernel from './step-record-thread.wgsl?raw';

export interface StepRecordInputs {
  /** f32[P/256], of `gradientSquares`. */
  readonly squares: Tensor;
  /** u32[P/256]: group of each chunk, below 12. */
  readonly groups: Tensor;
  /** f32[16]. */
  readonly update: Tensor;
  /** f32[4], read and set back to 0. */
  readonly lossSum: Tensor;
  /** f32[32], written. */
  readonly record: Tensor;
}

type RecordNode = Node<StepRecordInputs, object, object>;
type RecordVariant = Variant<StepRecordInputs, object, object>;

function variant(name: string, family: RecordVariant['family'], wgsl: string, workgroups: number): RecordVariant {
  return {
    name,
    family,
    wgsl,
    bindings: ['squares', 'groups', 'update', 'lossSum', 'record'],
    supports: () => true,
    launch: ({ inputs }: RecordNode) => ({
      uniforms: [{ name: 'chunks', u32: elements(inputs.squares.shape) }],
      tensors: { ...inputs },
      workgroups: [workgroups, 1, 1],
    }),
  };
}

function stepRecordTwin({ squares, groups, update, lossSum, record }: Memory<StepRecordInputs>): void {
  let total = 0;
  const sums = new Float64Array(mostGroups);
  squares.forEach((square, chunk) => {
    const group = groups[chunk] as number;
    total += square;
    if (group < mostGroups) sums[group] = (sums[group] as number) + square;
  });
  const norm = Math.sqrt(total);
  const clip = update[updateAt.clip] as number;
  const loss = lossSum[0] as number;
  record.fill(0);
  record[recordAt.loss] = loss;
  record[recordAt.norm] = norm;
  record[recordAt.clip] = Number.isFinite(norm) && clip > 0 && norm > clip ? clip / norm : 1;
  record[recordAt.finite] = Number(Number.isFinite(norm) && Number.isFinite(loss));
  record.set(sums.map(Math.sqrt), recordAt.groups);
  record.set(update.subarray(0, recordLength - recordAt.update), recordAt.update);
  lossSum[0] = 0;
}

export const stepRecord: Operation<StepRecordInputs, object, object> = {
  name: 'stepRecord',
  updates: ['lossSum', 'record'],
  outputs: ({ squares, groups, update, lossSum, record }) => {
    expectShape('stepRecord', groups, squares.shape, 'the group of each chunk');
    expectShape('stepRecord', update, [updateLength], 'the scalars of the step, see record.ts');
    expectShape('stepRecord', lossSum, [4], 'the sum, 0, 0, 0');
    expectShape('stepRecord', record, [recordLength], 'see record.ts');
    return {};
  },
  flops: ({ inputs }) => 2 * elements(inputs.squares.shape),
  twin: stepRecordTwin,
  variants: [
    variant('naive', 'naive', naiveKernel, 1),
    variant('thread', 'thread', threadKernel, 4),
    variant('group', 'group', groupKernel, mostGroups + 1),
  ],
};
