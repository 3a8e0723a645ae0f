/**
 * What one token looks at, for the page to draw: the softmax weights [H, S] of its heads over the cache, 0 where the mask
 * hides. The token's own key is already in the cache. Not part of decoding.
 */
import type { Launch, Node, Operation, Variant } from '../../../graph/operation';
import { axis } from '../../../graph/tensor';
import { expectColumns, expectHeads, headUniforms, maskUniforms, rotaryStep, rowsOf } from '../attention/heads';
import { grid } from '../grid';
import groupKernel from './group.wgsl?raw';
import naiveKernel from './naive.wgsl?raw';
import type { AttentionWeightsAttributes, AttentionWeightsInputs, AttentionWeightsOutputs } from './shape';
import { attentionWeightsTwin } from './twin';

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

export const attentionWeights: Operation<AttentionWeightsInputs, AttentionWeightsOutputs, AttentionWeightsAttributes> =
  {
    name: 'attentionWeights',
    outputs: ({ query, keyCache, cursor }, attributes) => {
      expectHeads('attentionWeights', attributes, [keyCache], cursor);
      expectColumns('attentionWeights', attributes, query, undefined);
      if (rowsOf(query) !== 1) {
        throw new RangeError(`attentionWeights takes one token; ${query.name} has ${rowsOf(query)} rows.`);
      }
      return { weights: { shape: [attributes.heads, axis(keyCache, 0)], element: 'f32' } };
    },
    flops: ({ inputs, attributes: { heads, headSize, window } }) => {
      const S = axis(inputs.keyCache, 0);
      return 2 * Math.min(window ?? S, S) * heads * headSize;
    },
    twin: attentionWeightsTwin,
    variants: [naive, group],
  };
