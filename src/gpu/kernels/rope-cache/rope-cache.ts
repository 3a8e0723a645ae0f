/**
 * Rotary embedding and KV cache for a prompt: turns the queries, and writes turned keys and plain values into the cache at
 * the rows of their positions. Rows past the cursor's count, or past the cache, are not written.
 *
 * Decoding does this inside `attentionToken`.
 */
import type { Launch, Node, Operation, Variant } from '../../../graph/operation';
import { axis } from '../../../graph/tensor';
import { expectColumns, expectHeads, headUniforms, rotaryStep, rowsOf } from '../attention/heads';
import { grid } from '../grid';
import naiveKernel from './naive.wgsl?raw';
import type { RopeCacheAttributes, RopeCacheInputs, RopeCacheOutputs } from './shape';
import threadKernel from './thread.wgsl?raw';
import { ropeCacheTwin } from './twin';

type RopeCacheNode = Node<RopeCacheInputs, RopeCacheOutputs, RopeCacheAttributes>;
type RopeCacheVariant = Variant<RopeCacheInputs, RopeCacheOutputs, RopeCacheAttributes>;

const bindings = ['query', 'keyValue', 'cursor', 'keyCache', 'valueCache', 'rotated'] as const;

const naive: RopeCacheVariant = {
  name: 'naive',
  family: 'naive',
  wgsl: naiveKernel,
  bindings,
  supports: () => true,
  launch: (node) => {
    const { heads, groups, headSize } = node.attributes;
    return launch(node, rowsOf(node.inputs.query) * (heads + groups) * (headSize / 2), 64);
  },
};

const thread: RopeCacheVariant = {
  name: 'thread',
  family: 'thread',
  wgsl: threadKernel,
  bindings,
  supports: () => true,
  launch: (node) => launch(node, rowsOf(node.inputs.query) * (node.attributes.headSize / 2), 16),
};

function launch(node: RopeCacheNode, count: number, workgroup: number): Launch {
  const { inputs, outputs, attributes } = node;
  return {
    constants: { ROTATE: Number(attributes.rotate) },
    uniforms: [
      ...headUniforms(attributes),
      { name: 'T', u32: rowsOf(inputs.query) },
      { name: 'S', u32: axis(inputs.keyCache, 0) },
      { name: 'queryColumns', u32: axis(inputs.query, -1) },
      { name: 'keyColumns', u32: axis(inputs.keyValue, -1) },
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
      rotated: outputs.query,
    },
    workgroups: grid(Math.ceil(count / workgroup)),
  };
}

export const ropeCache: Operation<RopeCacheInputs, RopeCacheOutputs, RopeCacheAttributes> = {
  name: 'ropeCache',
  updates: ['keyCache', 'valueCache'],
  outputs: ({ query, keyValue, keyCache, valueCache, cursor }, attributes) => {
    expectHeads('ropeCache', attributes, [keyCache, valueCache], cursor);
    expectColumns('ropeCache', attributes, query, keyValue);
    return { query: { shape: [rowsOf(query), attributes.heads * attributes.headSize], element: 'f32' } };
  },
  /** Six products and sums a pair; the sine and cosine are counted with them. */
  flops: ({ inputs, attributes: { heads, groups, headSize, rotate } }) =>
    rotate ? rowsOf(inputs.query) * (heads + groups) * (headSize / 2) * 6 : 0,
  traffic: ({ inputs, attributes: { heads, groups, headSize } }) => {
    const bytes = rowsOf(inputs.query) * (heads + 2 * groups) * headSize * 4;
    return { bytesRead: bytes + 16, bytesWritten: bytes };
  },
  twin: ropeCacheTwin,
  variants: [naive, thread],
};
