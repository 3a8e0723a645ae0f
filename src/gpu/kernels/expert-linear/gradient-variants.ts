/** How the kernels of the two gradients of `expertLinear` are launched. */
import type { Launch, Node, Uniform, Variant } from '../../../graph/operation';
import { grid } from '../grid';
import { isHalf } from '../half';
import {
  type ExpertLinearInputGradientAttributes,
  type ExpertLinearInputGradientInputs,
  type ExpertLinearInputGradientOutputs,
  type ExpertLinearWeightGradientInputs,
  inputGradientSizes,
  weightGradientSizes,
} from './gradient-shapes';
import inputGroupKernel from './input-gradient-group.wgsl?raw';
import inputNaiveKernel from './input-gradient-naive.wgsl?raw';
import inputThreadKernel from './input-gradient-thread.wgsl?raw';
import weightGroupKernel from './weight-gradient-group.wgsl?raw';
import weightNaiveKernel from './weight-gradient-naive.wgsl?raw';
import weightThreadKernel from './weight-gradient-thread.wgsl?raw';

type InputGradientNode = Node<
  ExpertLinearInputGradientInputs,
  ExpertLinearInputGradientOutputs,
  ExpertLinearInputGradientAttributes
>;
type InputGradientVariant = Variant<
  ExpertLinearInputGradientInputs,
  ExpertLinearInputGradientOutputs,
  ExpertLinearInputGradientAttributes
>;
type WeightGradientNode = Node<ExpertLinearWeightGradientInputs, object, object>;
type WeightGradientVariant = Variant<ExpertLinearWeightGradientInputs, object, object>;

const inputNaive: InputGradientVariant = {
  name: 'naive',
  family: 'naive',
  wgsl: inputNaiveKernel,
  bindings: ['gradient', 'weight', 'expert', 'residual', 'dx'],
  supports: () => true,
  launch: (node, traits) => {
    const { M, K } = inputGradientSizes(node.inputs);
    const { gradient, weight, expert, residual } = node.inputs;
    return {
      constants: { HALF: Number(isHalf(traits, weight)), RESIDUAL: Number(residual !== undefined) },
      uniforms: inputUniforms(node),
      tensors: { gradient, weight, expert, residual, dx: node.outputs.dx },
      workgroups: grid(Math.ceil((M * K) / 64)),
    };
  },
};

const inputThread: InputGradientVariant = {
  name: 'thread',
  family: 'thread',
  wgsl: inputThreadKernel,
  bindings: ['gradient', 'gradientElements', 'weight', 'places', 'residual', 'dx'],
  supports: (node, traits) =>
    inputGradientSizes(node.inputs).K % 4 === 0 && rowTiles(node, 8) <= 65535 && !isHalf(traits, node.inputs.weight),
  launch: (node) => {
    const threads = 4;
    const { N, K } = inputGradientSizes(node.inputs);
    const { gradient, weight, places, residual } = node.inputs;
    const narrow = N % 4 !== 0;
    return {
      constants: { WORKGROUP: threads, RESIDUAL: Number(residual !== undefined), NARROW: Number(narrow) },
      uniforms: inputUniforms(node),
      tensors: {
        gradient,
        gradientElements: narrow ? gradient : undefined,
        weight,
        places,
        residual,
        dx: node.outputs.dx,
      },
      workgroups: [Math.ceil(K / 8 / threads), rowTiles(node, 8), 1],
    };
  },
};

const inputGroup: InputGradientVariant = {
  name: 'group',
  family: 'group',
  wgsl: inputGroupKernel,
  bindings: ['gradient', 'weight', 'places', 'residual', 'dx'],
  supports: (node, traits) => rowTiles(node, 32) <= 65535 && !isHalf(traits, node.inputs.weight),
  launch: (node) => {
    const { K } = inputGradientSizes(node.inputs);
    const { gradient, weight, places, residual } = node.inputs;
    return {
      constants: { RESIDUAL: Number(residual !== undefined) },
      uniforms: inputUniforms(node),
      tensors: { gradient, weight, places, residual, dx: node.outputs.dx },
      workgroups: [Math.ceil(K / 32), rowTiles(node, 32), 1],
    };
  },
};

const weightNaive: WeightGradientVariant = {
  name: 'naive',
  family: 'naive',
  wgsl: weightNaiveKernel,
  bindings: ['gradient', 'x', 'places', 'weightGradient'],
  supports: () => true,
  launch: (node) => {
    const { N, K, E } = weightGradientSizes(node.inputs);
    return { ...weightBody(node), workgroups: grid(Math.ceil((E * N * K) / 64)) };
  },
};

const weightThread: WeightGradientVariant = {
  name: 'thread',
  family: 'thread',
  wgsl: weightThreadKernel,
  bindings: ['gradient', 'gradientElements', 'x', 'places', 'weightGradient'],
  supports: (node) => weightGradientSizes(node.inputs).K % 4 === 0 && matrixTiles(node, 8) <= 65535,
  launch: (node) => {
    const threads = 4;
    const { N, K } = weightGradientSizes(node.inputs);
    const { uniforms, tensors } = weightBody(node);
    const narrow = N % 4 !== 0;
    return {
      constants: { WORKGROUP: threads, NARROW: Number(narrow) },
      uniforms,
      tensors: { ...tensors, gradientElements: narrow ? node.inputs.gradient : undefined },
      workgroups: [Math.ceil(K / 8 / threads), matrixTiles(node, 8), 1],
    };
  },
};

const weightGroup: WeightGradientVariant = {
  name: 'group',
  family: 'group',
  wgsl: weightGroupKernel,
  bindings: ['gradient', 'x', 'places', 'weightGradient'],
  supports: (node) => matrixTiles(node, 32) <= 65535,
  launch: (node) => {
    const { K } = weightGradientSizes(node.inputs);
    return { ...weightBody(node), workgroups: [Math.ceil(K / 32), matrixTiles(node, 32), 1] };
  },
};

/** Each expert fills its last tile with less than a tile: more than this are never needed. */
function rowTiles({ inputs }: InputGradientNode, rows: number): number {
  const { M, E } = inputGradientSizes(inputs);
  return Math.floor(M / rows) + Math.min(M, E);
}

/** Rows of tiles of all experts' matrices. */
function matrixTiles({ inputs }: WeightGradientNode, rows: number): number {
  const { N, E } = weightGradientSizes(inputs);
  return E * Math.ceil(N / rows);
}

function inputUniforms({ inputs, attributes }: InputGradientNode): Uniform[] {
  return [...sizeUniforms(inputGradientSizes(inputs)), { name: 'residualScale', f32: attributes.residualScale }];
}

function weightBody({ inputs }: WeightGradientNode): Omit<Launch, 'workgroups'> {
  return { uniforms: sizeUniforms(weightGradientSizes(inputs)), tensors: { ...inputs } };
}

function sizeUniforms({ M, N, K, E }: ReturnType<typeof weightGradientSizes>): Uniform[] {
  return [
    { name: 'M', u32: M },
    { name: 'N', u32: N },
    { name: 'K', u32: K },
    { name: 'E', u32: E },
  ];
}

export const inputGradientVariants: readonly InputGradientVariant[] = [inputNaive, inputThread, inputGroup];
export const weightGradientVariants: readonly WeightGradientVariant[] = [weightNaive, weightThread, weightGroup];
