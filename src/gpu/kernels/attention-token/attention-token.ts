/**
 * The attention of one decoded token in one dispatch: turns the query and the new key, writes the new key and value into
 * the cache at the row of the position, and attends to every row that the mask shows.
 *
 * Workgroups cannot wait for each other, so each takes the new key and value from the projection and not from the cache.
 * A position past the cache stands at its last row.
 */
import type { Launch, Node, Operation, Variant } from '../../../graph/operation';
import { axis } from '../../../graph/tensor';
import { expectColumns, expectHeads, headUniforms, maskUniforms, rotaryStep, rowsOf } from '../attention/heads';
import { grid } from '../grid';
import groupKernel from './group.wgsl?raw';
import headKernel from './head-thread.wgsl?raw';
import naiveKernel from './naive.wgsl?raw';
import type { AttentionTokenAttributes, AttentionTokenInputs, AttentionTokenOutputs } from './shape';
import { attentionTokenTwin } from './twin';

type AttentionTokenNode = Node<AttentionTokenInputs, AttentionTokenOutputs, AttentionTokenAttributes>;
type AttentionTokenVariant = Variant<AttentionTokenInputs, AttentionTokenOutputs, AttentionTokenAttributes>;

const bindings = ['query', 'keyValue', 'cursor', 'keyCache', 'valueCache', 'out'] as const;

const naive: AttentionTokenVariant = {
  name: 'naive',
  family: 'naive',
  wgsl: naiveKernel,
  bindings,
  supports: () => true,
  launch: (node) => launch(node, Math.ceil(node.attributes.heads / 64)),
};

/** Threads a workgroup of head-thread: a software adapter spreads workgroups over its cores. */
const threads = 4;

const thread: AttentionTokenVariant = {
  name: 'head-thread',
  family: 'thread',
  wgsl: headKernel,
  bindings,
  supports: (node) => node.attributes.headSize % 8 === 0 && aligned(node),
  launch: (node) => launch(node, Math.ceil(node.attributes.heads / threads)),
};

const group: AttentionTokenVariant = {
  name: 'group',
  family: 'group',
  wgsl: groupKernel,
  bindings,
  supports: () => true,
  launch: (node) => launch(node, node.attributes.heads),
};

/** Whether vectors of four start where heads start. */
function aligned({ inputs, attributes }: AttentionTokenNode): boolean {
  const { queryOffset, keyOffset, valueOffset } = attributes;
  const places = [queryOffset, keyOffset, valueOffset, axis(inputs.query, -1), axis(inputs.keyValue, -1)];
  return places.every((place) => place % 4 === 0);
}

function launch(node: AttentionTokenNode, workgroups: number): Launch {
  const { inputs, outputs, attributes } = node;
  return {
    constants: { ROTATE: Number(attributes.rotate) },
    uniforms: [
      ...headUniforms(attributes),
      ...maskUniforms(attributes),
      { name: 'S', u32: axis(inputs.keyCache, 0) },
      { name: 'queryOffset', u32: attributes.queryOffset },
      { name: 'keyOffset', u32: attributes.keyOffset },
      { name: 'valueOffset', u32: attributes.valueOffset },
      { name: 'step', f32: rotaryStep(attributes) },
    ],
    tensors: {
      query: inputs.query,
      keyValue: inputs.keyValue,
      cursor: inputs.cursor,
      keyCache: inputs.keyCache,
      valueCache: inputs.valueCache,
      out: outputs.out,
    },
    workgroups: grid(workgroups),
  };
}

export const attentionToken: Operation<AttentionTokenInputs, AttentionTokenOutputs, AttentionTokenAttributes> = {
  name: 'attentionToken',
  updates: ['keyCache', 'valueCache'],
  outputs: ({ query, keyValue, keyCache, valueCache, cursor }, attributes) => {
    expectHeads('attentionToken', attributes, [keyCache, valueCache], cursor);
    expectColumns('attentionToken', attributes, query, keyValue);
    if (rowsOf(query) !== 1) {
      throw new RangeError(`attentionToken takes one token; ${query.name} has ${rowsOf(query)} rows. Use attention.`);
    }
    return { out: { shape: [1, attributes.heads * attributes.headSize], element: 'f32' } };
  },
  /** At the end of the cache, where a token sees most. */
  flops: ({ inputs, attributes: { heads, headSize, window } }) => {
    const S = axis(inputs.keyCache, 0);
    return 4 * Math.min(window ?? S, S) * heads * headSize;
  },
  traffic: ({ inputs, attributes: { heads, groups, headSize, window } }) => {
    const S = axis(inputs.keyCache, 0);
    const keys = Math.min(window ?? S, S);
    return {
      bytesRead: (heads + 2 * groups * (keys + 1)) * headSize * 4 + 16,
      bytesWritten: (heads + 2 * groups) * headSize * 4,
    };
  },
  twin: attentionTokenTwin,
  variants: [naive, thread, group],
};
