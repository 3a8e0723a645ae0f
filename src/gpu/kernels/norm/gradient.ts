/**
 * The reverse of `norm`: the gradient of its rows, and the sums over all rows that are the gradients of gain and shift.
 *
 * One dispatch does both jobs, because both read the same dy[M,C] and x[M,C]. gainGradient and shiftGradient are added to;
 * a frozen gain or shift has none. The statistics of the forward pass are read, not computed again.
 * Source: Ba et al., "Layer Normalization" (1607.06450); Zhang & Sennrich, "Root Mean Square Layer Normalization" (1910.07467),
 * derived by the chain rule.
 */
import type { Launch, Node, Operation, Variant } from '../../../graph/operation';
import { axis, elements } from '../../../graph/tensor';
import { expectShape } from '../expect-shape';
import { grid } from '../grid';
import groupKernel from './gradient-group.wgsl?raw';
import naiveKernel from './gradient-naive.wgsl?raw';
import threadKernel from './gradient-thread.wgsl?raw';
import { normGradientTwin } from './gradient-twin';
import type { NormGradientAttributes, NormGradientInputs, NormGradientOutputs } from './shape';

type NormGradientNode = Node<NormGradientInputs, NormGradientOutputs, NormGradientAttributes>;
type NormGradientVariant = Variant<NormGradientInputs, NormGradientOutputs, NormGradientAttributes>;

const bindings = [
  'gradient',
  'x',
  'statistics',
  'gain',
  'residual',
  'gainGradient',
  'shiftGradient',
  'dx',
] as const satisfies readonly (keyof NormGradientInputs | keyof NormGradientOutputs)[];

const naive: NormGradientVariant = {
  name: 'naive',
  family: 'naive',
  wgsl: naiveKernel,
  bindings,
  supports: () => true,
  launch: (node) => {
    const { M, C } = sizesOf(node);
    return launch(node, [], Math.ceil((M + (sumsColumns(node) ? C : 0)) / 64));
  },
};

/** Threads a workgroup of row-thread: a software adapter spreads workgroups over its cores. */
const threads = 4;

const thread: NormGradientVariant = {
  name: 'row-thread',
  family: 'thread',
  wgsl: threadKernel,
  bindings,
  supports: (node) => sizesOf(node).C % 4 === 0,
  launch: (node) => launchJobs(node, threads * 8, threads * 2),
};

const group: NormGradientVariant = {
  name: 'group',
  family: 'group',
  wgsl: groupKernel,
  bindings,
  supports: () => true,
  launch: (node) => launchJobs(node, 16, 4),
};

function sizesOf(node: NormGradientNode): { M: number; C: number } {
  const C = axis(node.inputs.x, -1);
  return { M: elements(node.inputs.x.shape) / C, C };
}

function sumsColumns({ inputs }: NormGradientNode): boolean {
  return inputs.gainGradient !== undefined || inputs.shiftGradient !== undefined;
}

/** Workgroups that own columns, then those that own rows. */
function launchJobs(node: NormGradientNode, columnsEach: number, rowsEach: number): Launch {
  const { M, C } = sizesOf(node);
  const columnGroups = sumsColumns(node) ? Math.ceil(C / columnsEach) : 0;
  return launch(node, [{ name: 'columnGroups', u32: columnGroups }], columnGroups + Math.ceil(M / rowsEach));
}

function launch(node: NormGradientNode, jobs: Launch['uniforms'], workgroups: number): Launch {
  const { inputs, outputs, attributes } = node;
  const { M, C } = sizesOf(node);
  return {
    constants: {
      LAYER: Number(attributes.kind === 'layer'),
      RESIDUAL: Number(inputs.residual !== undefined),
      GAIN: Number(inputs.gainGradient !== undefined),
      SHIFT: Number(inputs.shiftGradient !== undefined),
    },
    uniforms: [
      { name: 'M', u32: M },
      { name: 'C', u32: C },
      { name: 'residualScale', f32: attributes.residualScale },
      ...jobs,
    ],
    tensors: { ...inputs, ...outputs },
    workgroups: grid(workgroups),
  };
}

export const normGradient: Operation<NormGradientInputs, NormGradientOutputs, NormGradientAttributes> = {
  name: 'normGradient',
  updates: ['gainGradient', 'shiftGradient'],
  outputs: ({ gradient, x, statistics, gain, residual, gainGradient, shiftGradient }) => {
    const C = axis(x, -1);
    expectShape('normGradient', gradient, x.shape, 'the shape of x');
    expectShape('normGradient', statistics, [elements(x.shape) / C, 2], 'mean and factor of every row');
    expectShape('normGradient', gain, [C], 'one value a column of x');
    expectShape('normGradient', residual, x.shape, 'the shape of x');
    expectShape('normGradient', gainGradient, [C], 'one value a column of x');
    expectShape('normGradient', shiftGradient, [C], 'one value a column of x');
    return { dx: { shape: x.shape, element: 'f32' } };
  },
  /** Two sums and an affine combination a row element, and as much again for the column sums. */
  flops: (node) => elements(node.inputs.x.shape) * (sumsColumns(node) ? 16 : 11),
  twin: normGradientTwin,
  variants: [naive, thread, group],
};
