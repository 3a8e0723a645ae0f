/**
 * Attention of a prompt's rows over the KV cache: out = softmax(q·kᵀ / √D + mask) · v, a head at a time, with the online
 * softmax, so that no T × S matrix exists. Source: FlashAttention (2205.14135).
 *
 * Row t stands at position cursor[0] + t; keys are read only from rows that were written, j < cursor[0] + cursor[1]. A row
 * that sees nothing (one past the cursor's count, behind its window) is zero.
 */
import type { Launch, Node, Operation, Variant } from '../../../graph/operation';
import { axis } from '../../../graph/tensor';
import { expectShape } from '../expect-shape';
import { grid } from '../grid';
import groupKernel from './group.wgsl?raw';
import { expectHeads, headUniforms, maskUniforms, rowsOf } from './heads';
import naiveKernel from './naive.wgsl?raw';
import type { AttentionAttributes, AttentionInputs, AttentionOutputs } from './shape';
import threadKernel from './tile-thread.wgsl?raw';
import { attentionTwin } from './twin';

type AttentionNode = Node<AttentionInputs, AttentionOutputs, AttentionAttributes>;
type AttentionVariant = Variant<AttentionInputs, AttentionOutputs, AttentionAttributes>;

const bindings = ['query', 'keyCache', 'valueCache', 'cursor', 'out'] as const;

const naive: AttentionVariant = {
  name: 'naive',
  family: 'naive',
  wgsl: naiveKernel,
  bindings,
  supports: () => true,
  launch: (node) => launch(node, Math.ceil((rowsOf(node.inputs.query) * node.attributes.heads) / 64)),
};

/** Threads a workgroup of tile-thread: a software adapter spreads workgroups over its cores. */
const threads = 4;

const thread: AttentionVariant = {
  name: 'tile-thread',
  family: 'thread',
  wgsl: threadKernel,
  bindings,
  supports: (node) => node.attributes.headSize % 4 === 0,
  launch: (node) =>
    launch(node, Math.ceil((Math.ceil(rowsOf(node.inputs.query) / 4) * node.attributes.heads) / threads)),
};

/** Rows a workgroup of `group`. */
const groupRows = 8;

/** Keys and values of a tile fit in this many bytes of workgroup memory; every WebGPU device has 16 KiB. */
const tileBytes = 12288;

const group: AttentionVariant = {
  name: 'group',
  family: 'group',
  wgsl: groupKernel,
  bindings,
  supports: (node) => node.attributes.headSize % 4 === 0,
  launch: (node) => {
    const { heads, headSize } = node.attributes;
    const base = launch(node, Math.ceil(rowsOf(node.inputs.query) / groupRows) * heads);
    const tile = Math.min(32, Math.floor(tileBytes / (2 * 4 * headSize)));
    return { ...base, constants: { VECTORS: headSize / 4, TILE: tile } };
  },
};

function launch(node: AttentionNode, workgroups: number): Launch {
  const { inputs, outputs, attributes } = node;
  return {
    uniforms: [
      ...headUniforms(attributes),
      ...maskUniforms(attributes),
      { name: 'T', u32: rowsOf(inputs.query) },
      { name: 'S', u32: axis(inputs.keyCache, 0) },
    ],
    tensors: {
      query: inputs.query,
      keyCache: inputs.keyCache,
      valueCache: inputs.valueCache,
      cursor: inputs.cursor,
      out: outputs.out,
    },
    workgroups: grid(workgroups),
  };
}

export const attention: Operation<AttentionInputs, AttentionOutputs, AttentionAttributes> = {
  name: 'attention',
  outputs: ({ query, keyCache, valueCache, cursor }, attributes) => {
    const columns = attributes.heads * attributes.headSize;
    expectHeads('attention', attributes, [keyCache, valueCache], cursor);
    expectShape('attention', query, [rowsOf(query), columns], 'H · D columns');
    return { out: { shape: [rowsOf(query), columns], element: 'f32' } };
  },
  /** For a prompt that starts at position 0: row t sees t + 1 keys. */
  flops: ({ inputs, attributes: { heads, headSize, window } }) => {
    const T = rowsOf(inputs.query);
    const W = Math.min(window ?? T, T);
    const pairs = (W * (W + 1)) / 2 + (T - W) * W;
    return 4 * pairs * heads * headSize;
  },
  traffic: ({ inputs, attributes: { heads, groups, headSize } }) => {
    const T = rowsOf(inputs.query);
    return { bytesRead: T * (heads + 2 * groups) * headSize * 4 + 16, bytesWritten: T * heads * headSize * 4 };
  },
  twin: attentionTwin,
  variants: [naive, thread, group],
};
