/**
 * Sums of squares of the gradients, squares[P/256]: one a chunk, the first half of the gradients' norm. A gradient that is not
 * finite makes its chunk's sum infinite, so a step that diverged is noticed before it is applied.
 */
import { chunkSize } from '../../../graph/flat';
import type { Launch, Memory, Node, Operation, Variant } from '../../../graph/operation';
import { elements, type Tensor } from '../../../graph/tensor';
import { grid } from '../grid';
import groupKernel from './gradient-squares-group.wgsl?raw';
import naiveKernel from './gradient-squares-naive.wgsl?raw';
import threadKernel from './gradient-squares-thread.wgsl?raw';
import { chunksOf } from './record';

export interface GradientSquaresInputs {
  /** f32[P]. */
  readonly gradients: Tensor;
}

export interface GradientSquaresOutputs {
  /** f32[P/256]. */
  readonly squares: Tensor;
}

type SquaresNode = Node<GradientSquaresInputs, GradientSquaresOutputs, object>;
type SquaresVariant = Variant<GradientSquaresInputs, GradientSquaresOutputs, object>;

const bindings = ['gradients', 'squares'] as const;

function variant(
  name: string,
  family: SquaresVariant['family'],
  wgsl: string,
  chunksEachWorkgroup: number,
): SquaresVariant {
  return {
    name,
    family,
    wgsl,
    bindings,
    supports: () => true,
    launch: (node) => launch(node, chunksEachWorkgroup),
  };
}

function launch({ inputs, outputs }: SquaresNode, chunksEachWorkgroup: number): Launch {
  const chunks = chunksOf(inputs.gradients);
  return {
    uniforms: [{ name: 'chunks', u32: chunks }],
    tensors: { gradients: inputs.gradients, squares: outputs.squares },
    workgroups: grid(Math.ceil(chunks / chunksEachWorkgroup)),
  };
}

/** From here on a gradient counts as not finite: the squares of all chunks must sum up in f32. */
export const largestGradient = 2 ** 50;

function squaresTwin({ gradients }: Memory<GradientSquaresInputs>, { squares }: Memory<GradientSquaresOutputs>): void {
  for (let chunk = 0; chunk < squares.length; chunk++) {
    let sum = 0;
    for (const gradient of gradients.subarray(chunk * chunkSize, (chunk + 1) * chunkSize)) {
      sum += Math.abs(gradient) < largestGradient ? gradient * gradient : Number.POSITIVE_INFINITY;
    }
    squares[chunk] = sum;
  }
}

export const gradientSquares: Operation<GradientSquaresInputs, GradientSquaresOutputs, object> = {
  name: 'gradientSquares',
  outputs: ({ gradients }) => ({ squares: { shape: [chunksOf(gradients)], element: 'f32' } }),
  flops: ({ inputs }) => 2 * elements(inputs.gradients.shape),
  twin: squaresTwin,
  variants: [
    variant('naive', 'naive', naiveKernel, 64),
    variant('chunk-thread', 'thread', threadKernel, 16),
    variant('group', 'group', groupKernel, 1),
  ],
};
