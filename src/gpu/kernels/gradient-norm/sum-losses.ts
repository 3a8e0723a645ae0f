/**
 * The sum of a step's losses: lossSum[0] += Σ losses[M], one dispatch a micro-batch. `stepRecord` reads the sum and sets it back.
 * A loss that is not finite makes the sum NaN, whatever comes after it.
 */
import type { Memory, Node, Operation, Variant } from '../../../graph/operation';
import { elements, type Tensor } from '../../../graph/tensor';
import { expectShape } from '../expect-shape';
import groupKernel from './sum-losses-group.wgsl?raw';
import naiveKernel from './sum-losses-naive.wgsl?raw';
import threadKernel from './sum-losses-thread.wgsl?raw';

export interface SumLossesInputs {
  /** f32[M] in nats. */
  readonly losses: Tensor;
  /** f32[4]: the sum, 0, 0, 0. */
  readonly lossSum: Tensor;
}

type SumLossesNode = Node<SumLossesInputs, object, object>;
type SumLossesVariant = Variant<SumLossesInputs, object, object>;

function variant(name: string, family: SumLossesVariant['family'], wgsl: string): SumLossesVariant {
  return {
    name,
    family,
    wgsl,
    bindings: ['losses', 'lossSum'],
    supports: () => true,
    launch: ({ inputs }: SumLossesNode) => ({
      uniforms: [{ name: 'M', u32: elements(inputs.losses.shape) }],
      tensors: { ...inputs },
      workgroups: [1, 1, 1],
    }),
  };
}

function sumLossesTwin({ losses, lossSum }: Memory<SumLossesInputs>): void {
  let sum = 0;
  for (const loss of losses) sum += loss;
  const total = (lossSum[0] as number) + sum;
  lossSum[0] = Number.isFinite(total) ? total : Number.NaN;
}

export const sumLosses: Operation<SumLossesInputs, object, object> = {
  name: 'sumLosses',
  updates: ['lossSum'],
  outputs: ({ lossSum }) => {
    expectShape('sumLosses', lossSum, [4], 'the sum, 0, 0, 0');
    return {};
  },
  flops: ({ inputs }) => elements(inputs.losses.shape),
  twin: sumLossesTwin,
  variants: [
    variant('naive', 'naive', naiveKernel),
    variant('thread', 'thread', threadKernel),
    variant('group', 'group', groupKernel),
  ],
};
