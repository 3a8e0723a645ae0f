/**
 * Dropout (inverted): out = x · keep / (1 − rate) + residualScale · residual.
 *
 * What is kept depends on (seed, stream, step, element) alone and is never stored: the gradient draws it again. So a resumed
 * run drops what the uninterrupted one would have dropped, on every adapter.
 * Source: Srivastava et al., "Dropout" (JMLR 15, 2014); random numbers as in `src/graph/random.ts`.
 */
import type { Launch, Node, Operation, Variant } from '../../../graph/operation';
import { elements } from '../../../graph/tensor';
import { expectShape } from '../expect-shape';
import { grid } from '../grid';
import naiveKernel from './naive.wgsl?raw';
import type { DropoutAttributes, DropoutInputs, DropoutOutputs } from './shape';
import { dropoutTwin } from './twin';
import vectorKernel from './vector-thread.wgsl?raw';

type DropoutNode = Node<DropoutInputs, DropoutOutputs, DropoutAttributes>;
type DropoutVariant = Variant<DropoutInputs, DropoutOutputs, DropoutAttributes>;

const bindings = ['x', 'residual', 'draw', 'out'] as const;

const naive: DropoutVariant = {
  name: 'naive',
  family: 'naive',
  wgsl: naiveKernel,
  bindings,
  supports: () => true,
  launch: (node) => launch(node, 2),
};

const vector: DropoutVariant = {
  name: 'vector-thread',
  family: 'thread',
  wgsl: vectorKernel,
  bindings,
  supports: (node) => elements(node.inputs.x.shape) % 4 === 0,
  launch: (node) => launch(node, 4),
};

function launch({ inputs, outputs, attributes }: DropoutNode, elementsEach: number): Launch {
  const { rate, stream, residualScale } = attributes;
  const count = elements(inputs.x.shape);
  return {
    constants: { RESIDUAL: Number(inputs.residual !== undefined) },
    uniforms: [
      { name: 'count', u32: count },
      { name: 'stream', u32: stream },
      // Whole numbers compare exactly: a uniform is word / 2²⁴ ≥ rate just when word ≥ ⌈rate · 2²⁴⌉.
      { name: 'threshold', u32: Math.ceil(rate * 2 ** 24) },
      { name: 'keepScale', f32: 1 / (1 - rate) },
      { name: 'residualScale', f32: residualScale },
    ],
    tensors: { ...inputs, ...outputs },
    workgroups: grid(Math.ceil(count / elementsEach / 64)),
  };
}

export const dropout: Operation<DropoutInputs, DropoutOutputs, DropoutAttributes> = {
  name: 'dropout',
  outputs: ({ x, residual, draw }, { rate }) => {
    if (!(rate >= 0 && rate < 1)) {
      throw new RangeError(`${x.name}: a dropout rate is at least 0 and below 1, here it is ${rate}.`);
    }
    expectShape('dropout', residual, x.shape, 'the shape of x');
    expectShape('dropout', draw, [4], 'seed, step and two zeros');
    return { out: { shape: x.shape, element: 'f32' } };
  },
  /** A product and a sum; drawing is integer work. */
  flops: ({ inputs }) => elements(inputs.x.shape) * (inputs.residual ? 3 : 1),
  twin: dropoutTwin,
  gradient: ({ name, inputs, outputs, attributes }, back) => {
    const gradient = back.of(outputs.out);
    if (!gradient) return;
    const { x, residual, draw } = inputs;
    if (back.wants(residual)) back.give(residual, gradient, attributes.residualScale);
    if (!back.wants(x)) return;
    back.fuse(
      x,
      (others, residualScale) =>
        back.add(dropout, `${name}.gradient`, { x: gradient, residual: others, draw }, { ...attributes, residualScale })
          .out,
    );
  },
  variants: [naive, vector],
};
