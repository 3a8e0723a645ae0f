/**
 * Rows of tables by token and by position: out[T,C] = table[ids[t]] + positions[min(cursor[0] + t, S − 1)].
 *
 * Either part may be absent: rotary models have no position table, and PanGu-α's query layer has only one. An id past the
 * vocabulary reads the last row, so that a wrong id cannot read foreign memory.
 */
import type { Launch, Node, Operation, Traits, Variant } from '../../../graph/operation';
import { axis } from '../../../graph/tensor';
import { expectShape } from '../expect-shape';
import { grid } from '../grid';
import naiveKernel from './naive.wgsl?raw';
import { type EmbedAttributes, type EmbedInputs, type EmbedOutputs, embedWidth } from './shape';
import { embedTwin } from './twin';
import vectorKernel from './vector-thread.wgsl?raw';

type EmbedNode = Node<EmbedInputs, EmbedOutputs, EmbedAttributes>;
type EmbedVariant = Variant<EmbedInputs, EmbedOutputs, EmbedAttributes>;

const bindings = ['ids', 'table', 'positions', 'cursor', 'out'] as const;

const naive: EmbedVariant = {
  name: 'naive',
  family: 'naive',
  wgsl: naiveKernel,
  bindings,
  supports: () => true,
  launch: (node, traits) => launch(node, traits, 1),
};

const vector: EmbedVariant = {
  name: 'vector-thread',
  family: 'thread',
  wgsl: vectorKernel,
  bindings,
  supports: (node) => embedWidth(node.inputs) % 8 === 0,
  launch: (node, traits) => launch(node, traits, 8),
};

function launch(node: EmbedNode, traits: Traits, elementsEach: number): Launch {
  const { inputs, outputs, attributes } = node;
  const { ids, table, positions, cursor } = inputs;
  const C = embedWidth(inputs);
  return {
    constants: {
      TABLE: Number(table !== undefined),
      POSITIONS: Number(positions !== undefined),
      HALF_TABLE: Number(table !== undefined && traits.half(table)),
      HALF_POSITIONS: Number(positions !== undefined && traits.half(positions)),
    },
    uniforms: [
      { name: 'T', u32: attributes.tokens },
      { name: 'C', u32: C },
      { name: 'V', u32: table ? axis(table, 0) : 0 },
      { name: 'S', u32: positions ? axis(positions, 0) : 0 },
    ],
    tensors: { ids, table, positions, cursor, out: outputs.out },
    workgroups: grid(Math.ceil((attributes.tokens * C) / elementsEach / 64)),
  };
}

export const embed: Operation<EmbedInputs, EmbedOutputs, EmbedAttributes> = {
  name: 'embed',
  outputs: (inputs, { tokens }) => {
    const { ids, table, positions, cursor } = inputs;
    const C = embedWidth(inputs);
    if (!ids !== !table) throw new RangeError('embed: a table of tokens and ids come together.');
    if (positions) expectShape('embed', positions, [axis(positions, 0), C], 'as wide as the table of tokens');
    expectShape('embed', ids, [tokens], 'one id a row');
    expectShape('embed', cursor, [4], 'position, rows, prefix length, 0');
    return { out: { shape: [tokens, C], element: 'f32' } };
  },
  flops: ({ inputs, attributes }) => (inputs.table && inputs.positions ? attributes.tokens * embedWidth(inputs) : 0),
  /** Only the rows that are asked for move. */
  traffic: ({ inputs, attributes }, bytesPerWeight) => {
    const row = embedWidth(inputs);
    const tables = [inputs.table, inputs.positions].filter((table) => table !== undefined);
    const read = tables.reduce((sum, table) => sum + row * (table.packable ? bytesPerWeight : 4), 0);
    return { bytesRead: attributes.tokens * (read + 4) + 16, bytesWritten: attributes.tokens * row * 4 };
  },
  twin: embedTwin,
  variants: [naive, vector],
};
