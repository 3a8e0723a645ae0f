/**
 * The gradient of `embed` with respect to its tables, added to what they hold: the token table by id, the position table
 * and the soft prompt by place in the sequence. One dispatch, no atomics: the rows come sorted by id (see order.ts), and the
 * thread at the first row of an id sums all of them. Positions count from 0, as they do in training.
 */
import type { Launch, Node, Operation, Variant } from '../../../graph/operation';
import { axis, elements } from '../../../graph/tensor';
import { expectShape } from '../expect-shape';
import { grid } from '../grid';
import naiveKernel from './gradient-naive.wgsl?raw';
import type { EmbedGradientAttributes, EmbedGradientInputs } from './gradient-shape';
import threadKernel from './gradient-thread.wgsl?raw';
import { embedGradientTwin } from './gradient-twin';

type GradientNode = Node<EmbedGradientInputs, object, EmbedGradientAttributes>;
type GradientVariant = Variant<EmbedGradientInputs, object, EmbedGradientAttributes>;

const bindings = ['gradient', 'ids', 'order', 'tableGradient', 'positionsGradient', 'promptGradient'] as const;

const naive: GradientVariant = {
  name: 'naive',
  family: 'naive',
  wgsl: naiveKernel,
  bindings,
  supports: () => true,
  launch: (node) => launch(node, 1),
};

const thread: GradientVariant = {
  name: 'vector-thread',
  family: 'thread',
  wgsl: threadKernel,
  bindings,
  supports: ({ inputs }) => axis(inputs.gradient, -1) % 4 === 0,
  launch: (node) => launch(node, 4),
};

function launch({ inputs, attributes }: GradientNode, columnsEach: number): Launch {
  const { gradient, tableGradient, positionsGradient, promptGradient } = inputs;
  const C = axis(gradient, -1);
  const M = elements(gradient.shape) / C;
  const rows = (tableGradient ? M : 0) + (positionsGradient || promptGradient ? attributes.period : 0);
  return {
    constants: {
      TABLE: Number(tableGradient !== undefined),
      POSITIONS: Number(positionsGradient !== undefined),
      PROMPT: Number(promptGradient !== undefined),
    },
    uniforms: [
      { name: 'M', u32: M },
      { name: 'C', u32: C },
      { name: 'V', u32: tableGradient ? axis(tableGradient, 0) : 0 },
      { name: 'P', u32: attributes.prompt },
      { name: 'period', u32: attributes.period },
      { name: 'scale', f32: attributes.scale },
    ],
    tensors: { ...inputs },
    workgroups: grid(Math.ceil((rows * C) / columnsEach / 64)),
  };
}

export const embedGradient: Operation<EmbedGradientInputs, object, EmbedGradientAttributes> = {
  name: 'embedGradient',
  updates: ['tableGradient', 'positionsGradient', 'promptGradient'],
  outputs: ({ gradient, ids, order, tableGradient, positionsGradient, promptGradient }, { period, prompt }) => {
    const C = axis(gradient, -1);
    const M = elements(gradient.shape) / C;
    if (!tableGradient !== !ids || !ids !== !order) {
      throw new RangeError('embedGradient: the gradient of a table comes with ids and their order.');
    }
    expectShape('embedGradient', ids, [M], 'one id a row');
    expectShape('embedGradient', order, [M], 'one place a row');
    for (const total of [tableGradient, positionsGradient, promptGradient]) {
      if (total) expectShape('embedGradient', total, [axis(total, 0), C], 'as wide as the gradient');
    }
    if (positionsGradient && axis(positionsGradient, 0) < period) {
      throw new RangeError(
        `${positionsGradient.name} has ${axis(positionsGradient, 0)} rows: sequences of ${period} tokens do not fit; train on shorter ones.`,
      );
    }
    if (promptGradient && axis(promptGradient, 0) !== prompt) {
      throw new RangeError(`${promptGradient.name} has ${axis(promptGradient, 0)} rows for a prompt of ${prompt}.`);
    }
    return {};
  },
  /** One addition an element for every table. */
  flops: ({ inputs }) => {
    const tables = [inputs.tableGradient, inputs.positionsGradient, inputs.promptGradient];
    return elements(inputs.gradient.shape) * tables.filter((table) => table !== undefined).length;
  },
  /** Of the table, only the rows that occur are touched. */
  traffic: ({ inputs, attributes }) => {
    const { gradient, tableGradient, positionsGradient, promptGradient } = inputs;
    const C = axis(gradient, -1);
    const M = elements(gradient.shape) / C;
    const reads = Number(tableGradient !== undefined) + Number((positionsGradient ?? promptGradient) !== undefined);
    const rows =
      (tableGradient ? Math.min(M, axis(tableGradient, 0)) : 0) +
      (positionsGradient ? attributes.period : 0) +
      (promptGradient ? attributes.prompt : 0);
    return {
      bytesRead: 4 * (reads * M * C + rows * C + (tableGradient ? 2 * M : 0)),
      bytesWritten: 4 * rows * C,
    };
  },
  twin: embedGradientTwin,
  variants: [naive, thread],
};
