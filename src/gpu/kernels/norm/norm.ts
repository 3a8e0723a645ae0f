/**
 * A norm on its own: y[M,C] = N(x) (+ residual). RMSNorm or LayerNorm (biased variance), see docs/checkpoint-format.md.
 *
 * Decoding takes the norm inside `linear`; this one serves prompts, the output norms of sandwich models and the last norm
 * before a query layer, and training, where it also keeps the mean and factor of every row for its gradient.
 */
import type { Launch, Node, Operation, Variant } from '../../../graph/operation';
import { axis, elements, type Tensor } from '../../../graph/tensor';
import { expectShape } from '../expect-shape';
import { grid } from '../grid';
import { normGradient } from './gradient';
import groupKernel from './group.wgsl?raw';
import naiveKernel from './naive.wgsl?raw';
import threadKernel from './row-thread.wgsl?raw';
import type { NormAttributes, NormInputs, NormOutputs } from './shape';
import { normTwin } from './twin';

type NormNode = Node<NormInputs, NormOutputs, NormAttributes>;
type NormVariant = Variant<NormInputs, NormOutputs, NormAttributes>;

const bindings = ['x', 'gain', 'shift', 'residual', 'y', 'statistics'] as const;

const naive: NormVariant = {
  name: 'naive',
  family: 'naive',
  wgsl: naiveKernel,
  bindings,
  supports: () => true,
  launch: (node) => launch(node, Math.ceil(rowsOf(node) / 64)),
};

/** Threads a workgroup of row-thread: a software adapter spreads workgroups over its cores. */
const threads = 4;

const thread: NormVariant = {
  name: 'row-thread',
  family: 'thread',
  wgsl: threadKernel,
  bindings,
  supports: (node) => axis(node.inputs.x, -1) % 4 === 0,
  launch: (node) => launch(node, Math.ceil(rowsOf(node) / threads)),
};

const group: NormVariant = {
  name: 'group',
  family: 'group',
  wgsl: groupKernel,
  bindings,
  supports: () => true,
  launch: (node) => launch(node, rowsOf(node)),
};

function rowsOf(node: NormNode): number {
  return elements(node.inputs.x.shape) / axis(node.inputs.x, -1);
}

function launch(node: NormNode, workgroups: number): Launch {
  const { inputs, outputs, attributes } = node;
  return {
    constants: {
      LAYER: Number(attributes.kind === 'layer'),
      SHIFT: Number(inputs.shift !== undefined),
      RESIDUAL: Number(inputs.residual !== undefined),
      STATISTICS: Number(outputs.statistics !== undefined),
    },
    uniforms: [
      { name: 'M', u32: rowsOf(node) },
      { name: 'C', u32: axis(inputs.x, -1) },
      { name: 'epsilon', f32: attributes.epsilon },
    ],
    tensors: { ...inputs, ...outputs },
    workgroups: grid(workgroups),
  };
}

export const norm: Operation<NormInputs, NormOutputs, NormAttributes> = {
  name: 'norm',
  outputs: ({ x, gain, shift, residual }, { keepStatistics }) => {
    const C = axis(x, -1);
    expectShape('norm', gain, [C], 'one value a column of x');
    expectShape('norm', shift, [C], 'one value a column of x');
    expectShape('norm', residual, x.shape, 'the shape of x');
    return {
      y: { shape: x.shape, element: 'f32' },
      ...(keepStatistics && { statistics: { shape: [elements(x.shape) / C, 2], element: 'f32' } }),
    };
  },
  /** Square and sum, then scale; LayerNorm also takes the mean off. */
  flops: ({ inputs, attributes }) => elements(inputs.x.shape) * (attributes.kind === 'layer' ? 7 : 4),
  twin: normTwin,
  gradient: ({ name, inputs, outputs, attributes }, back) => {
    const gradient = back.of(outputs.y);
    if (!gradient) return;
    const { x, gain, shift, residual } = inputs;
    if (back.wants(residual)) back.give(residual, gradient);
    const gainGradient = back.wants(gain) ? back.accumulator(gain) : undefined;
    const shiftGradient = back.wants(shift) ? back.accumulator(shift) : undefined;
    if (!back.wants(x) && !gainGradient && !shiftGradient) return;
    const { statistics } = outputs;
    if (!statistics) {
      throw new Error(`${name} kept no statistics: build the graph with keepStatistics to ask for its gradient.`);
    }
    const share = (others: Tensor | undefined, residualScale: number): Tensor =>
      back.add(
        normGradient,
        `${name}.gradient`,
        { gradient, x, statistics, gain, residual: others, gainGradient, shiftGradient },
        { kind: attributes.kind, residualScale },
      ).dx;
    if (back.wants(x)) back.fuse(x, share);
    else share(undefined, 0);
  },
  variants: [naive, thread, group],
};
