/**
 * The gradient of `splitHeads`: queries and keys turn back, values are copied, the shortcut's columns take gelu′. One
 * dispatch writes every column of the projection's gradient, also where nothing arrives (zeros).
 */
import type { Launch, Node, Operation, Variant } from '../../../graph/operation';
import { headColumns, rowsOf } from '../attention/heads';
import { expectShape } from '../expect-shape';
import { grid } from '../grid';
import { expectProjection, splitUniforms } from './columns';
import naiveKernel from './gradient-naive.wgsl?raw';
import threadKernel from './gradient-thread.wgsl?raw';
import { splitHeadsGradientTwin } from './gradient-twin';
import type { SplitHeadsGradientAttributes, SplitHeadsGradientInputs, SplitHeadsGradientOutputs } from './shape';

type GradientNode = Node<SplitHeadsGradientInputs, SplitHeadsGradientOutputs, SplitHeadsGradientAttributes>;
type GradientVariant = Variant<SplitHeadsGradientInputs, SplitHeadsGradientOutputs, SplitHeadsGradientAttributes>;

const bindings = [
  'headsGradient',
  'shortcutGradient',
  'projected',
  'turns',
  'projectedGradient',
  'queryGradient',
] as const;

const naive: GradientVariant = {
  name: 'naive',
  family: 'naive',
  wgsl: naiveKernel,
  bindings,
  supports: () => true,
  launch: (node) => launch(node, headColumns(node.attributes) / 2 + node.attributes.shortcut),
};

const thread: GradientVariant = {
  name: 'thread',
  family: 'thread',
  wgsl: threadKernel,
  bindings,
  supports: () => true,
  launch: (node) => launch(node, node.attributes.headSize / 2),
};

function launch({ inputs, outputs, attributes }: GradientNode, threadsEachRow: number): Launch {
  return {
    constants: {
      ROTATE: Number(attributes.rotate),
      SEPARATE: Number(attributes.separateQuery),
      HEADS: Number(inputs.headsGradient !== undefined),
      SHORTCUT: Number(inputs.shortcutGradient !== undefined),
    },
    uniforms: splitUniforms(attributes, inputs.projected),
    tensors: { ...inputs, projectedGradient: outputs.projectedGradient, queryGradient: outputs.queryGradient },
    workgroups: grid(Math.ceil((rowsOf(inputs.projected) * threadsEachRow) / 64)),
  };
}

export const splitHeadsGradient: Operation<
  SplitHeadsGradientInputs,
  SplitHeadsGradientOutputs,
  SplitHeadsGradientAttributes
> = {
  name: 'splitHeadsGradient',
  outputs: ({ headsGradient, shortcutGradient, projected, turns }, attributes) => {
    const M = rowsOf(projected);
    expectProjection('splitHeadsGradient', attributes, projected, turns, attributes.separateQuery);
    expectShape('splitHeadsGradient', headsGradient, [M, headColumns(attributes)], 'the shape of heads');
    expectShape('splitHeadsGradient', shortcutGradient, [M, attributes.shortcut], 'the shape of shortcut');
    const projectedGradient = { shape: projected.shape, element: 'f32' } as const;
    if (!attributes.separateQuery) return { projectedGradient };
    return { projectedGradient, queryGradient: { shape: [M, attributes.heads * attributes.headSize], element: 'f32' } };
  },
  /** As forward; gelu′ takes some more. */
  flops: ({ inputs, attributes: { heads, groups, headSize, rotate, shortcut } }) =>
    rowsOf(inputs.projected) * ((rotate ? (heads + groups) * headSize * 3 : 0) + 16 * shortcut),
  twin: (inputs, outputs, node) =>
    splitHeadsGradientTwin(node.attributes.rotate ? inputs : { ...inputs, turns: undefined }, outputs, node),
  variants: [naive, thread],
};
