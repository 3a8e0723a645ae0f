/**
 * A scaled sum, element by element: out = scaleA · a + scaleB · b, or a scaled copy when there is no b.
 *
 * Most sums ride inside a kernel as its residual. This one joins what no kernel joins: shares of a gradient that several
 * consumers give. Its own gradient is two scaled gradients, which cost no dispatch.
 */
import type { Launch, Node, Operation, Variant } from '../../../graph/operation';
import { elements } from '../../../graph/tensor';
import { expectShape } from '../expect-shape';
import { grid } from '../grid';
import naiveKernel from './naive.wgsl?raw';
import type { AddAttributes, AddInputs, AddOutputs } from './shape';
import { addTwin } from './twin';
import vectorKernel from './vector-thread.wgsl?raw';

type AddNode = Node<AddInputs, AddOutputs, AddAttributes>;
type AddVariant = Variant<AddInputs, AddOutputs, AddAttributes>;

const bindings = ['a', 'b', 'out'] as const;

const naive: AddVariant = {
  name: 'naive',
  family: 'naive',
  wgsl: naiveKernel,
  bindings,
  supports: () => true,
  launch: (node) => launch(node, 1),
};

const vector: AddVariant = {
  name: 'vector-thread',
  family: 'thread',
  wgsl: vectorKernel,
  bindings,
  supports: (node) => elements(node.inputs.a.shape) % 4 === 0,
  launch: (node) => launch(node, 4),
};

function launch({ inputs, outputs, attributes }: AddNode, elementsEach: number): Launch {
  const count = elements(inputs.a.shape);
  return {
    constants: { B: Number(inputs.b !== undefined) },
    uniforms: [
      { name: 'count', u32: count },
      { name: 'scaleA', f32: attributes.scaleA },
      { name: 'scaleB', f32: attributes.scaleB },
    ],
    tensors: { ...inputs, ...outputs },
    workgroups: grid(Math.ceil(count / elementsEach / 64)),
  };
}

export const add: Operation<AddInputs, AddOutputs, AddAttributes> = {
  name: 'add',
  outputs: ({ a, b }) => {
    expectShape('add', b, a.shape, 'the shape of a');
    return { out: { shape: a.shape, element: 'f32' } };
  },
  flops: ({ inputs }) => elements(inputs.a.shape) * (inputs.b ? 3 : 1),
  twin: addTwin,
  gradient: ({ inputs, outputs, attributes }, back) => {
    const gradient = back.of(outputs.out);
    if (!gradient) return;
    back.give(inputs.a, gradient, attributes.scaleA);
    if (inputs.b) back.give(inputs.b, gradient, attributes.scaleB);
  },
  variants: [naive, vector],
};
