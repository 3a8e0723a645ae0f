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
import weightNaiveKernel from './weight-gradient-naive.wgsl?raw';

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

export const inputGradientVariants: readonly InputGradientVariant[] = [inputNaive];
export const weightGradientVariants: readonly WeightGradientVariant[] = [weightNaive];
