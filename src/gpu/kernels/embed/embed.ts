/**
 * Rows of tables by token and by position: row r of out[M,C] is table[ids[r]] + positions[min(cursor[0] + t, S − 1)] with
 * t = r % period, the token's place in its sequence. Where t < P, row t of a soft prompt stands in for the table's.
 *
 * Either table may be absent: rotary models have no position table, and PanGu-α's query layer has only one. An id past the
 * vocabulary reads the last row, so that a wrong id cannot read foreign memory.
 */
import type { Launch, Node, Operation, Traits, Uniform, Variant } from '../../../graph/operation';
import { axis, bytesPerElement, type Tensor } from '../../../graph/tensor';
import { expectShape } from '../expect-shape';
import { grid } from '../grid';
import { isHalf } from '../half';
import { embedGradient } from './gradient';
import naiveKernel from './naive.wgsl?raw';
import { orderName } from './order';
import { type EmbedAttributes, type EmbedInputs, type EmbedOutputs, embedWidth, periodOf } from './shape';
import { embedTwin } from './twin';
import vectorKernel from './vector-thread.wgsl?raw';

type EmbedNode = Node<EmbedInputs, EmbedOutputs, EmbedAttributes>;
export type EmbedVariant = Variant<EmbedInputs, EmbedOutputs, EmbedAttributes>;

export const embedBindings = ['ids', 'table', 'positions', 'prompt', 'cursor', 'out'] as const;

const naive: EmbedVariant = {
  name: 'naive',
  family: 'naive',
  wgsl: naiveKernel,
  bindings: embedBindings,
  supports: () => true,
  launch: (node, traits) => launch(node, traits, 1),
};

const vector: EmbedVariant = {
  name: 'vector-thread',
  family: 'thread',
  wgsl: vectorKernel,
  bindings: embedBindings,
  supports: (node) => embedWidth(node.inputs) % 8 === 0,
  launch: (node, traits) => launch(node, traits, 8),
};

function launch(node: EmbedNode, traits: Traits, elementsEach: number): Launch {
  const { inputs, outputs, attributes } = node;
  const { ids, table, positions, prompt, cursor } = inputs;
  const C = embedWidth(inputs);
  return {
    constants: {
      TABLE: Number(table !== undefined),
      POSITIONS: Number(positions !== undefined),
      HALF_TABLE: Number(isHalf(traits, table)),
      HALF_POSITIONS: Number(isHalf(traits, positions)),
    },
    uniforms: embedUniforms(node),
    tensors: { ids, table, positions, prompt, cursor, out: outputs.out },
    workgroups: grid(Math.ceil((attributes.tokens * C) / elementsEach / 64)),
  };
}

export function embedUniforms({ inputs, attributes }: EmbedNode): Uniform[] {
  const { table, positions, prompt } = inputs;
  return [
    { name: 'M', u32: attributes.tokens },
    { name: 'C', u32: embedWidth(inputs) },
    { name: 'V', u32: table ? axis(table, 0) : 0 },
    { name: 'S', u32: positions ? axis(positions, 0) : 0 },
    { name: 'P', u32: prompt ? axis(prompt, 0) : 0 },
    { name: 'period', u32: periodOf(attributes) },
  ];
}

function expectPrompt(prompt: Tensor, table: Tensor | undefined, C: number): void {
  if (!table) throw new RangeError(`${prompt.name}: a soft prompt stands in for rows of a table of tokens; give one.`);
  if (prompt.packable) {
    throw new RangeError(`${prompt.name} is a matrix that may be stored in 16 bits: declare a soft prompt as vectors.`);
  }
  expectShape('embed', prompt, [axis(prompt, 0), C], 'as wide as the table of tokens');
}

export const embed: Operation<EmbedInputs, EmbedOutputs, EmbedAttributes> = {
  name: 'embed',
  outputs: (inputs, attributes) => {
    const { tokens } = attributes;
    const { ids, table, positions, prompt, cursor } = inputs;
    const C = embedWidth(inputs);
    if (!ids !== !table) throw new RangeError('embed: a table of tokens and ids come together.');
    if (tokens % periodOf(attributes) !== 0) {
      throw new RangeError(`embed: ${tokens} rows are no whole number of sequences of ${periodOf(attributes)} tokens.`);
    }
    if (prompt) expectPrompt(prompt, table, C);
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
    const read = tables.reduce((sum, table) => sum + row * bytesPerElement(table, bytesPerWeight), 0);
    return { bytesRead: attributes.tokens * (read + 4) + 16, bytesWritten: attributes.tokens * row * 4 };
  },
  twin: embedTwin,
  gradient: ({ name, inputs, outputs, attributes }, back) => {
    const { ids, table, positions, prompt } = inputs;
    const gradient = back.of(outputs.out);
    if (!gradient || ![table, positions, prompt].some((tensor) => back.wants(tensor))) return;
    const accumulator = (tensor: Tensor | undefined) => (back.wants(tensor) ? back.accumulator(tensor) : undefined);
    const forTable = back.wants(table) ? ids : undefined;
    back.add(
      embedGradient,
      `${name}.gradient`,
      {
        gradient,
        ids: forTable,
        order: forTable && back.state(orderName(forTable), [attributes.tokens], 'u32'),
        tableGradient: accumulator(table),
        positionsGradient: accumulator(positions),
        promptGradient: accumulator(prompt),
      },
      {
        period: periodOf(attributes),
        prompt: prompt ? axis(prompt, 0) : 0,
        scale: attributes.gradientScale ?? 1,
      },
    );
  },
  variants: [naive, vector],
};
