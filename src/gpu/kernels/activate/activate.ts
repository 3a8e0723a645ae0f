/**
 * The activation of an FFN, with PanGu-π's series of n scaled and shifted copies: S(z) = Σᵢ act(scaleᵢ ⊙ z + offsetᵢ).
 *
 * Gated (SwiGLU, GeGLU, ReGLU): y[M,F] = S(h[:, :F]) ⊙ h[:, F:]. Plain: y[M,F] = S(h). GELU is the tanh form.
 * Source: PanGu-π (2312.17276), series informed activation.
 */
import type { Node, Operation, Variant } from '../../../graph/operation';
import { axis } from '../../../graph/tensor';
import { expectShape } from '../expect-shape';
import { grid } from '../grid';
import { activateGradient } from './gradient';
import naiveKernel from './naive.wgsl?raw';
import {
  type ActivateAttributes,
  type ActivateInputs,
  type ActivateOutputs,
  activateSizes,
  activationCodes,
} from './shape';
import { activateTwin } from './twin';
import vectorKernel from './vector-thread.wgsl?raw';

export type { ActivationKind } from './shape';

type ActivateNode = Node<ActivateInputs, ActivateOutputs, ActivateAttributes>;
type ActivateVariant = Variant<ActivateInputs, ActivateOutputs, ActivateAttributes>;

/** Rough arithmetic of one activation: exponential, division and a few products. */
const flopsEach = 10;

const bindings = ['h', 'scale', 'offset', 'y'] as const;

const naive: ActivateVariant = {
  name: 'naive',
  family: 'naive',
  wgsl: naiveKernel,
  bindings,
  supports: () => true,
  launch: (node) => launch(node, 1, 64),
};

const vector: ActivateVariant = {
  name: 'vector-thread',
  family: 'thread',
  wgsl: vectorKernel,
  bindings,
  supports: (node) => activateSizes(node.inputs, node.attributes).F % 4 === 0,
  launch: (node) => launch(node, 4, 64),
};

function launch(node: ActivateNode, elementsEach: number, threads: number): ReturnType<ActivateVariant['launch']> {
  const { inputs, outputs, attributes } = node;
  const { M, F } = activateSizes(inputs, attributes);
  return {
    constants: {
      KIND: activationCodes[attributes.kind],
      GATED: Number(attributes.gated),
      SERIES: Number(inputs.scale !== undefined),
    },
    uniforms: [
      { name: 'M', u32: M },
      { name: 'F', u32: F },
      { name: 'branches', u32: attributes.branches },
    ],
    tensors: { h: inputs.h, scale: inputs.scale, offset: inputs.offset, y: outputs.y },
    workgroups: grid(Math.ceil((M * F) / elementsEach / threads)),
  };
}

export const activate: Operation<ActivateInputs, ActivateOutputs, ActivateAttributes> = {
  name: 'activate',
  outputs: (inputs, attributes) => {
    const { M, F } = activateSizes(inputs, attributes);
    if (!Number.isInteger(F)) {
      throw new RangeError(
        `${inputs.h.name} has ${axis(inputs.h, -1)} columns; a gated activation needs an even number.`,
      );
    }
    if (!inputs.scale !== !inputs.offset || attributes.branches > 1 !== (inputs.scale !== undefined)) {
      throw new RangeError(
        `${inputs.h.name}: scale and offset come together, and exactly when there is more than one branch (here ${attributes.branches}).`,
      );
    }
    expectShape('activate', inputs.scale, [attributes.branches, F], 'one row a branch');
    expectShape('activate', inputs.offset, [attributes.branches, F], 'one row a branch');
    return { y: { shape: [M, F], element: 'f32' } };
  },
  flops: (node) => {
    const { M, F } = activateSizes(node.inputs, node.attributes);
    return M * F * (flopsEach * node.attributes.branches + Number(node.attributes.gated));
  },
  twin: activateTwin,
  gradient: ({ name, inputs, outputs, attributes }, back) => {
    const gradient = back.of(outputs.y);
    if (!gradient) return;
    const { h, scale, offset } = inputs;
    const scaleGradient = back.wants(scale) ? back.accumulator(scale) : undefined;
    const offsetGradient = back.wants(offset) ? back.accumulator(offset) : undefined;
    if (!back.wants(h) && !scaleGradient && !offsetGradient) return;
    const { dh } = back.add(
      activateGradient,
      `${name}.gradient`,
      { gradient, h, scale, offset, scaleGradient, offsetGradient },
      attributes,
    );
    back.give(h, dh);
  },
  variants: [naive, vector],
};
