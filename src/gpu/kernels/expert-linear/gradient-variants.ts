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
import inputNaiveKernel from './input-gradient-naive.wgsl?raw';
import inputThreadKernel from './input-gradient-thread.wgsl?raw';
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
  supports: ({ inputs }, traits) => inputGradientSizes(inputs).K % 4 === 0 && !isHalf(traits, inputs.weight),
  launch: (node) => {
    const threads = 4;
    const { M, N, K, E } = inputGradientSizes(node.inputs);
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
      // Each expert fills its last tile with less than a tile: more than this are never needed.
      workgroups: [Math.ceil(K / 8 / threads), Math.floor(M / 8) + Math.min(M, E), 1],
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
  supports: ({ inputs }) => weightGradientSizes(inputs).K % 4 === 0,
  launch: (node) => {
    const threads = 4;
    const { N, K, E } = weightGradientSizes(node.inputs);
    const { uniforms, tensors } = weightBody(node);
    const narrow = N % 4 !== 0;
    return {
      constants: { WORKGROUP: threads, NARROW: Number(narrow) },
      uniforms,
      tensors: { ...tensors, gradientElements: narrow ? node.inputs.gradient : undefined },
      workgroups: [Math.ceil(K / 8 / threads), E * Math.ceil(N / 8), 1],
    };
  },
};

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

export const inputGradientVariants: readonly InputGradientVariant[] = [inputNaive, inputThread];
export const weightGradientVariants: readonly WeightGradientVariant[] = [weightNaive, weightThread];
