/**
 * Splits the projection of a training step into heads: queries and keys turn to their positions (rotary embedding), values
 * are copied, and the columns behind them become the augmented shortcut's activation.
 *
 * The KV cache of decoding is written by `ropeCache`; here every row of every sequence stands at its position r % T.
 */
import type { Launch, Node, Operation, Variant } from '../../../graph/operation';
import { headColumns, rowsOf } from '../attention/heads';
import { expectShape } from '../expect-shape';
import { grid } from '../grid';
import { expectProjection, splitUniforms } from './columns';
import { splitHeadsGradient } from './gradient';
import naiveKernel from './naive.wgsl?raw';
import type { SplitHeadsAttributes, SplitHeadsInputs, SplitHeadsOutputs } from './shape';
import threadKernel from './thread.wgsl?raw';
import { splitHeadsTwin } from './twin';

type SplitHeadsNode = Node<SplitHeadsInputs, SplitHeadsOutputs, SplitHeadsAttributes>;
type SplitHeadsVariant = Variant<SplitHeadsInputs, SplitHeadsOutputs, SplitHeadsAttributes>;

const bindings = ['projected', 'query', 'turns', 'heads', 'shortcut'] as const;

const naive: SplitHeadsVariant = {
  name: 'naive',
  family: 'naive',
  wgsl: naiveKernel,
  bindings,
  supports: () => true,
  launch: (node) => launch(node, headColumns(node.attributes) / 2 + node.attributes.shortcut),
};

const thread: SplitHeadsVariant = {
  name: 'thread',
  family: 'thread',
  wgsl: threadKernel,
  bindings,
  supports: () => true,
  launch: (node) => launch(node, node.attributes.headSize / 2),
};

function launch({ inputs, outputs, attributes }: SplitHeadsNode, threadsEachRow: number): Launch {
  return {
    constants: { ROTATE: Number(attributes.rotate), SEPARATE: Number(inputs.query !== undefined) },
    uniforms: splitUniforms(attributes, inputs.projected),
    tensors: { ...inputs, heads: outputs.heads, shortcut: outputs.shortcut },
    workgroups: grid(Math.ceil((rowsOf(inputs.projected) * threadsEachRow) / 64)),
  };
}

export const splitHeads: Operation<SplitHeadsInputs, SplitHeadsOutputs, SplitHeadsAttributes> = {
  name: 'splitHeads',
  outputs: ({ projected, query, turns }, attributes) => {
    const M = rowsOf(projected);
    expectProjection('splitHeads', attributes, projected, turns, query !== undefined);
    expectShape(
      'splitHeads',
      query,
      [M, attributes.heads * attributes.headSize],
      'H · D columns, the rows of projected',
    );
    const heads = { shape: [M, headColumns(attributes)], element: 'f32' } as const;
    if (attributes.shortcut === 0) return { heads };
    return { heads, shortcut: { shape: [M, attributes.shortcut], element: 'f32' } };
  },
  /** Six products and sums a pair that turns; ten operations a gelu, the exponential counted with them. */
  flops: ({ inputs, attributes: { heads, groups, headSize, rotate, shortcut } }) =>
    rowsOf(inputs.projected) * ((rotate ? (heads + groups) * headSize * 3 : 0) + 10 * shortcut),
  twin: (inputs, outputs, node) =>
    splitHeadsTwin(node.attributes.rotate ? inputs : { ...inputs, turns: undefined }, outputs, node),
  gradient: ({ name, inputs, outputs, attributes }, back) => {
    const separateQuery = inputs.query !== undefined;
    if (!back.wants(inputs.projected) && !back.wants(inputs.query)) return;
    const { projectedGradient, queryGradient } = back.add(
      splitHeadsGradient,
      `${name}.gradient`,
      {
        headsGradient: back.of(outputs.heads),
        shortcutGradient: back.of(outputs.shortcut),
        projected: inputs.projected,
        turns: inputs.turns,
      },
      { ...attributes, separateQuery },
    );
    back.give(inputs.projected, projectedGradient);
    if (inputs.query && queryGradient) back.give(inputs.query, queryGradient);
  },
  variants: [naive, thread],
};
