/**
 * The gradient of `linear` with respect to its parameters, added to their accumulators: weight, bias and the weight of a
 * second product in one dispatch. `weight-gradient-shape.ts` has the formula.
 */
import type { Launch, Node, Operation, Variant } from '../../../graph/operation';
import { grid } from '../grid';
import groupKernel from './weight-gradient-group.wgsl?raw';
import naiveKernel from './weight-gradient-naive.wgsl?raw';
import quadKernel from './weight-gradient-quad.wgsl?raw';
import { type WeightGradientInputs, weightGradientOutputs, weightGradientSizes } from './weight-gradient-shape';
import threadKernel from './weight-gradient-thread.wgsl?raw';
import { weightGradientTwin } from './weight-gradient-twin';

type WeightGradientNode = Node<WeightGradientInputs, object, object>;
type WeightGradientVariant = Variant<WeightGradientInputs, object, object>;

const accumulators = ['weightGradient', 'weight2Gradient', 'biasGradient'] as const;
const scalarBindings = ['gradient', 'x', 'x2', ...accumulators] as const;
const vectorBindings = ['gradient', 'gradientElements', 'x', 'x2', ...accumulators] as const;

const naive: WeightGradientVariant = {
  name: 'naive',
  family: 'naive',
  wgsl: naiveKernel,
  bindings: scalarBindings,
  supports: () => true,
  launch: (node) => {
    const { N, columns, columns2 } = weightGradientSizes(node.inputs);
    return { ...sizesAndTensors(node), workgroups: grid(Math.ceil((N * (columns + columns2 + 1)) / 64)) };
  },
};

const thread: WeightGradientVariant = {
  name: 'thread',
  family: 'thread',
  wgsl: threadKernel,
  bindings: vectorBindings,
  supports: isWide,
  launch: (node) => {
    const threads = 4;
    const { N, columns, columns2 } = weightGradientSizes(node.inputs);
    const { constants, ...body } = wide(node);
    return {
      ...body,
      constants: { ...constants, WORKGROUP: threads },
      workgroups: [Math.ceil((Math.ceil(columns / 8) + Math.ceil(columns2 / 8)) / threads), Math.ceil(N / 8), 1],
    };
  },
};

const quad: WeightGradientVariant = {
  name: 'quad',
  family: 'thread',
  wgsl: quadKernel,
  bindings: vectorBindings,
  supports: (node, traits) => traits.subgroups && isWide(node),
  launch: (node) => {
    const { N, columns, columns2 } = weightGradientSizes(node.inputs);
    return { ...wide(node), workgroups: [Math.ceil(columns / 16) + Math.ceil(columns2 / 16), Math.ceil(N / 16), 1] };
  },
};

const group: WeightGradientVariant = {
  name: 'group',
  family: 'group',
  wgsl: groupKernel,
  bindings: scalarBindings,
  supports: (node) => node.inputs.weightGradient !== undefined && fitsGrid(node),
  launch: (node) => {
    const { N, columns, columns2 } = weightGradientSizes(node.inputs);
    // A larger tile reads less, a smaller one gives every core of the GPU something to do.
    const tile = Math.ceil(N / 64) * Math.ceil((columns + columns2) / 64) >= 128 ? 64 : 32;
    return {
      ...sizesAndTensors(node),
      constants: { TILE: tile },
      workgroups: [Math.ceil(columns / tile) + Math.ceil(columns2 / tile), Math.ceil(N / tile), 1],
    };
  },
};

export const linearWeightGradient: Operation<WeightGradientInputs, object, object> = {
  name: 'linearWeightGradient',
  updates: accumulators,
  outputs: weightGradientOutputs,
  flops: (node) => {
    const { M, N, columns, columns2, biasRows } = weightGradientSizes(node.inputs);
    return 2 * M * N * (columns + columns2) + M * biasRows;
  },
  twin: weightGradientTwin,
  variants: [naive, quad, thread, group],
};

/** Rows of x can be taken four elements at a time. The tiles of the weight also sum the bias, so there must be some. */
function isWide(node: WeightGradientNode): boolean {
  const { K, K2 } = weightGradientSizes(node.inputs);
  return node.inputs.weightGradient !== undefined && K % 4 === 0 && K2 % 4 === 0 && fitsGrid(node);
}

/** Tiles of at least eight rows and columns are numbered in two dimensions of 65,535. */
function fitsGrid(node: WeightGradientNode): boolean {
  const { N, columns, columns2 } = weightGradientSizes(node.inputs);
  return N / 8 <= 65535 && (columns + columns2) / 16 < 65535;
}

function wide(node: WeightGradientNode): Omit<Launch, 'workgroups'> {
  const { uniforms, tensors } = sizesAndTensors(node);
  const { gradient, biasGradient, weight2Gradient } = node.inputs;
  const narrow = weightGradientSizes(node.inputs).N % 4 !== 0;
  return {
    uniforms,
    constants: {
      SECOND: Number(weight2Gradient !== undefined),
      BIAS: Number(biasGradient !== undefined),
      NARROW: Number(narrow),
    },
    tensors: { ...tensors, gradientElements: narrow ? gradient : undefined },
  };
}

function sizesAndTensors({ inputs }: WeightGradientNode): Omit<Launch, 'workgroups'> {
  const { M, N, K, K2, columns, columns2, biasRows } = weightGradientSizes(inputs);
  return {
    uniforms: [
      { name: 'M', u32: M },
      { name: 'N', u32: N },
      { name: 'K', u32: K },
      { name: 'K2', u32: K2 },
      { name: 'columns', u32: columns },
      { name: 'columns2', u32: columns2 },
      { name: 'biasRows', u32: biasRows },
    ],
    tensors: { ...inputs },
  };
}
