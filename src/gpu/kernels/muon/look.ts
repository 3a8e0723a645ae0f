/**
 * Muon's momentum and Nesterov's look ahead, over the chunks that hold matrices:
 *
 *   m ← momentum · m + g,  look = g + momentum · m,  gradient ← 0
 *
 * g is the gradient times the clip factor. In a step that is not finite nothing changes and look is 0.
 */
import { chunkSize } from '../../../graph/flat';
import type { Memory, Node, Operation } from '../../../graph/operation';
import { elements, type Tensor } from '../../../graph/tensor';
import { expectShape } from '../expect-shape';
import { chunksOf, recordAt, recordLength } from '../gradient-norm/record';

export interface MuonLookInputs {
  /** f32[P], set to 0. */
  readonly gradients: Tensor;
  /** f32[P]: momentum. */
  readonly first: Tensor;
  /** u32[P/256]: elements of each chunk that belong to a matrix; 0 leaves the chunk alone. */
  readonly lengths: Tensor;
  /** f32[32], of `stepRecord`. */
  readonly record: Tensor;
}

export interface MuonLookOutputs {
  /** f32[P]. */
  readonly look: Tensor;
}

export interface MuonLookAttributes {
  readonly momentum: number;
}

type LookNode = Node<MuonLookInputs, MuonLookOutputs, MuonLookAttributes>;

function muonLookTwin(
  { gradients, first, lengths, record }: Memory<MuonLookInputs>,
  { look }: Memory<MuonLookOutputs>,
  { attributes: { momentum } }: LookNode,
): void {
  const moves = record[recordAt.finite] === 1;
  const clip = record[recordAt.clip] as number;
  for (let i = 0; i < first.length; i++) {
    if (lengths[Math.floor(i / chunkSize)] === 0) continue;
    look[i] = 0;
    if (!moves) continue;
    const gradient = clip * (gradients[i] as number);
    const m = momentum * (first[i] as number) + gradient;
    first[i] = m;
    gradients[i] = 0;
    look[i] = gradient + momentum * m;
  }
}

export const muonLook: Operation<MuonLookInputs, MuonLookOutputs, MuonLookAttributes> = {
  name: 'muonLook',
  updates: ['gradients', 'first'],
  outputs: ({ gradients, first, lengths, record }) => {
    expectShape('muonLook', gradients, first.shape, 'as many elements as the momentum');
    expectShape('muonLook', lengths, [chunksOf(first)], 'elements of matrices in each chunk');
    expectShape('muonLook', record, [recordLength], 'the record of the step');
    return { look: { shape: first.shape, element: 'f32' } };
  },
  flops: ({ inputs }) => 5 * elements(inputs.first.shape),
  twin: muonLookTwin,
  variants: [],
  fetchVariants: async () => (await import('./variants')).muonLookVariants,
};
