/**
 * The gradient of `linear` with respect to what it multiplies: dx = gradient · weight, with what was collected of dx so far,
 * and that of a second product. `input-gradient-shape.ts` has the formula.
 */
import type { Launch, Node, Operation, Traits, Variant } from '../../../graph/operation';
import { grid } from '../grid';
import { isHalf } from '../half';
import groupKernel from './input-gradient-group.wgsl?raw';
import naiveKernel from './input-gradient-naive.wgsl?raw';
import quadKernel from './input-gradient-quad.wgsl?raw';
import {
  type InputGradientAttributes,
  type InputGradientInputs,
  type InputGradientOutputs,
  inputGradientOutputs,
  inputGradientSizes,
} from './input-gradient-shape';
import threadKernel from './input-gradient-thread.wgsl?raw';
import { inputGradientTwin } from './input-gradient-twin';

type InputGradientNode = Node<InputGradientInputs, InputGradientOutputs, InputGradientAttributes>;
type InputGradientVariant = Variant<InputGradientInputs, InputGradientOutputs, InputGradientAttributes>;

const scalarBindings = ['gradient', 'weight', 'weight2', 'residual', 'dx', 'dx2'] as const;
const vectorBindings = ['gradient', 'gradientElements', 'weight', 'weight2', 'residual', 'dx', 'dx2'] as const;

const naive: InputGradientVariant = {
  name: 'naive',
  family: 'naive',
  wgsl: naiveKernel,
  bindings: scalarBindings,
  supports: () => true,
  launch: (node, traits) => {
    const { inputs } = node;
    const { M, K, K2 } = inputGradientSizes(inputs);
    return {
      ...sizesAndTensors(node),
      constants: {
        HALF: Number(isHalf(traits, inputs.weight)),
        HALF2: Number(isHalf(traits, inputs.weight2)),
      },
      workgroups: grid(Math.ceil((M * (K + K2)) / 64)),
    };
  },
};

const thread: InputGradientVariant = {
  name: 'thread',
  family: 'thread',
  wgsl: threadKernel,
  bindings: vectorBindings,
  supports: isWide,
  launch: (node) => {
    const threads = 4;
    const { M, K, K2 } = inputGradientSizes(node.inputs);
    const { constants, ...body } = wide(node);
    return {
      ...body,
      constants: { ...constants, WORKGROUP: threads },
      workgroups: [Math.ceil((Math.ceil(K / 8) + Math.ceil(K2 / 8)) / threads), Math.ceil(M / 8), 1],
    };
  },
};

const quad: InputGradientVariant = {
  name: 'quad',
  family: 'thread',
  wgsl: quadKernel,
  bindings: vectorBindings,
  supports: (node, traits) => traits.subgroups && isWide(node, traits),
  launch: (node) => {
    const { M, K, K2 } = inputGradientSizes(node.inputs);
    return { ...wide(node), workgroups: [Math.ceil(K / 16) + Math.ceil(K2 / 16), Math.ceil(M / 16), 1] };
  },
};

const group: InputGradientVariant = {
  name: 'group',
  family: 'group',
  wgsl: groupKernel,
  bindings: scalarBindings,
  supports: (node, traits) => !hasHalf(node, traits) && fitsGrid(node),
  launch: (node) => {
    const { M, K, K2 } = inputGradientSizes(node.inputs);
    // A larger tile reads less, a smaller one gives every core of the GPU something to do.
    const tile = Math.ceil(M / 64) * Math.ceil((K + K2) / 64) >= 128 ? 64 : 32;
    return {
      ...sizesAndTensors(node),
      constants: { TILE: tile },
      workgroups: [Math.ceil(K / tile) + Math.ceil(K2 / tile), Math.ceil(M / tile), 1],
    };
  },
};

export const linearInputGradient: Operation<InputGradientInputs, InputGradientOutputs, InputGradientAttributes> = {
  name: 'linearInputGradient',
  outputs: inputGradientOutputs,
  flops: (node) => {
    const { M, N, K, K2 } = inputGradientSizes(node.inputs);
    return 2 * M * N * (K + K2);
  },
  twin: inputGradientTwin,
  variants: [naive, quad, thread, group],
};

/** Rows of dx and of the weights can be taken four elements at a time. */
function isWide(node: InputGradientNode, traits: Traits): boolean {
  const { K, K2 } = inputGradientSizes(node.inputs);
  return K % 4 === 0 && K2 % 4 === 0 && !hasHalf(node, traits) && fitsGrid(node);
}

function hasHalf({ inputs }: InputGradientNode, traits: Traits): boolean {
  return isHalf(traits, inputs.weight) || isHalf(traits, inputs.weight2);
}

/** Tiles of at least eight rows and columns are numbered in two dimensions of 65,535. */
function fitsGrid(node: InputGradientNode): boolean {
  const { M, K, K2 } = inputGradientSizes(node.inputs);
  return M / 8 <= 65535 && (K + K2) / 16 < 65535;
}

function wide(node: InputGradientNode): Omit<Launch, 'workgroups'> {
  const { uniforms, tensors } = sizesAndTensors(node);
  const { gradient, weight2 } = node.inputs;
  const narrow = inputGradientSizes(node.inputs).N % 4 !== 0;
  return {
    uniforms,
    constants: { SECOND: Number(weight2 !== undefined), NARROW: Number(narrow) },
    tensors: { ...tensors, gradientElements: narrow ? gradient : undefined },
  };
}

function sizesAndTensors({ inputs, outputs, attributes }: InputGradientNode): Omit<Launch, 'workgroups'> {
  const { M, N, K, K2 } = inputGradientSizes(inputs);
  const { gradient, weight, weight2, residual } = inputs;
  return {
    uniforms: [
      { name: 'M', u32: M },
      { name: 'N', u32: N },
      { name: 'K', u32: K },
      { name: 'K2', u32: K2 },
      { name: 'residuals', u32: Number(residual !== undefined) },
      { name: 'residualScale', f32: attributes.residualScale },
    ],
    tensors: { gradient, weight, weight2, residual, dx: outputs.dx, dx2: outputs.dx2 },
  };
}
