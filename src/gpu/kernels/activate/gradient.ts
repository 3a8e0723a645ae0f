/**
 * The reverse of `activate`: the gradient of h, and the sums over all rows that are the gradients of the series' scales and
 * offsets.
 *
 * One dispatch does both jobs, because both need the slopes of the same elements. scaleGradient and offsetGradient are added
 * to; frozen ones have none. The slopes are computed from h again, which costs an exponential and saves a tensor [M, n · F].
 */
import type { Launch, Node, Operation, Variant } from '../../../graph/operation';
import { elements } from '../../../graph/tensor';
import { expectShape } from '../expect-shape';
import { grid } from '../grid';
import columnKernel from './gradient-column-thread.wgsl?raw';
import groupKernel from './gradient-group.wgsl?raw';
import naiveKernel from './gradient-naive.wgsl?raw';
import { activateGradientTwin } from './gradient-twin';
import vectorKernel from './gradient-vector-thread.wgsl?raw';
import {
  type ActivateAttributes,
  type ActivateGradientInputs,
  type ActivateGradientOutputs,
  activateSizes,
  activationCodes,
} from './shape';

type GradientNode = Node<ActivateGradientInputs, ActivateGradientOutputs, ActivateAttributes>;
type GradientVariant = Variant<ActivateGradientInputs, ActivateGradientOutputs, ActivateAttributes>;

/** Rough arithmetic of a value and its slope: exponential, division and a few products. */
const flopsEach = 20;

const bindings = [
  'gradient',
  'h',
  'scale',
  'offset',
  'scaleGradient',
  'offsetGradient',
  'dh',
] as const satisfies readonly (keyof ActivateGradientInputs | keyof ActivateGradientOutputs)[];

const naive: GradientVariant = {
  name: 'naive',
  family: 'naive',
  wgsl: naiveKernel,
  bindings,
  supports: () => true,
  launch: (node) => {
    const { M, F } = sizesOf(node);
    const sums = sumsColumns(node) ? node.attributes.branches * F : 0;
    return launch(node, { SERIES: Number(isSeries(node)), ...sumConstants(node) }, Math.ceil((M * F + sums) / 64));
  },
};

const vector: GradientVariant = {
  name: 'vector-thread',
  family: 'thread',
  wgsl: vectorKernel,
  bindings,
  supports: (node) => sizesOf(node).F % 4 === 0 && !isSeries(node),
  launch: (node) => {
    const { M, F } = sizesOf(node);
    return launch(node, {}, Math.ceil((M * F) / 4 / 64));
  },
};

const column: GradientVariant = {
  name: 'column-thread',
  family: 'thread',
  wgsl: columnKernel,
  bindings,
  supports: (node) => sizesOf(node).F % 4 === 0 && isSeries(node),
  launch: (node) => launch(node, sumConstants(node), Math.ceil(sizesOf(node).F / 4 / 4)),
};

const group: GradientVariant = {
  name: 'group',
  family: 'group',
  wgsl: groupKernel,
  bindings,
  supports: isSeries,
  launch: (node) => {
    const { M, F } = sizesOf(node);
    const columnGroups = sumsColumns(node) ? Math.ceil(F / 16) * node.attributes.branches : 0;
    const workgroups = columnGroups + Math.ceil((M * F) / 256);
    return launch(node, sumConstants(node), workgroups, [{ name: 'columnGroups', u32: columnGroups }]);
  },
};

function sizesOf(node: GradientNode): { M: number; F: number } {
  return activateSizes(node.inputs, node.attributes);
}

function isSeries({ inputs }: GradientNode): boolean {
  return inputs.scale !== undefined;
}

function sumsColumns({ inputs }: GradientNode): boolean {
  return inputs.scaleGradient !== undefined || inputs.offsetGradient !== undefined;
}

function sumConstants({ inputs }: GradientNode): Record<string, number> {
  return { SCALE: Number(inputs.scaleGradient !== undefined), OFFSET: Number(inputs.offsetGradient !== undefined) };
}

function launch(
  node: GradientNode,
  constants: Record<string, number>,
  workgroups: number,
  jobs: Launch['uniforms'] = [],
): Launch {
  const { inputs, outputs, attributes } = node;
  const { M, F } = sizesOf(node);
  return {
    constants: { KIND: activationCodes[attributes.kind], GATED: Number(attributes.gated), ...constants },
    uniforms: [{ name: 'M', u32: M }, { name: 'F', u32: F }, { name: 'branches', u32: attributes.branches }, ...jobs],
    tensors: { ...inputs, ...outputs },
    workgroups: grid(workgroups),
  };
}

export const activateGradient: Operation<ActivateGradientInputs, ActivateGradientOutputs, ActivateAttributes> = {
  name: 'activateGradient',
  updates: ['scaleGradient', 'offsetGradient'],
  outputs: (inputs, attributes) => {
    const { M, F } = activateSizes(inputs, attributes);
    const { gradient, h, scale, offset, scaleGradient, offsetGradient } = inputs;
    expectShape('activateGradient', gradient, [M, F], 'the shape of y');
    for (const tensor of [scale, offset, scaleGradient, offsetGradient]) {
      expectShape('activateGradient', tensor, [attributes.branches, F], 'one row a branch');
    }
    return { dh: { shape: h.shape, element: 'f32' } };
  },
  flops: (node) => {
    const { M, F } = sizesOf(node);
    const sums = sumsColumns(node) ? 3 * node.attributes.branches : 0;
    return elements([M, F]) * (flopsEach * node.attributes.branches + sums + (node.attributes.gated ? 2 : 1));
  },
  twin: activateGradientTwin,
  variants: [naive, vector, column, group],
};
