/** How the kernels of `attentionWeights` are launched. */
import type { Launch, Node, Variant } from '../../../graph/operation';
import { axis } from '../../../graph/tensor';
import { headUniforms, maskUniforms, rotaryStep } from '../attention/heads';
import { grid } from '../grid';
import groupKernel from './group.wgsl?raw';
import naiveKernel from './naive.wgsl?raw';
import type { AttentionWeightsAttributes, AttentionWeightsInputs, AttentionWeightsOutputs } from './shape';

type AttentionWeightsNode = Node<AttentionWeightsInputs, AttentionWeightsOutputs, AttentionWeightsAttributes>;
type AttentionWeightsVariant = Variant<AttentionWeightsInputs, AttentionWeightsOutputs, AttentionWeightsAttributes>;

const bindings = ['query', 'keyCache', 'cursor', 'weights'] as const;

const naive: AttentionWeightsVariant = {
  name: 'naive',
  family: 'naive',
  wgsl: naiveKernel,
  bindings,
  supports: () => true,
  launch: (node) => launch(node, Math.ceil(node.attributes.heads / 4)),
};

const group: AttentionWeightsVariant = {
  name: 'group',
  family: 'group',
  wgsl: groupKernel,
  bindings,
  supports: () => true,
  launch: (node) => launch(node, node.attributes.heads),
};

function launch(node: AttentionWeightsNode, workgroups: number): Launch {
  const { inputs, outputs, attributes } = node;
  return {
    constants: { ROTATE: Number(attributes.rotate) },
    uniforms: [
      ...headUniforms(attributes),
      ...maskUniforms(attributes),
      { name: 'S', u32: axis(inputs.keyCache, 0) },
      { name: 'queryOffset', u32: attributes.queryOffset },
      { name: 'step', f32: rotaryStep(attributes) },
    ],
    tensors: { query: inputs.query, keyCache: inputs.keyCache, cursor: inputs.cursor, weights: outputs.weights },
    workgroups: grid(workgroups),
  };
}

export const attentionWeightsVariants: readonly AttentionWeightsVariant[] = [naive, group];
