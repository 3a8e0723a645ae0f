/** How the kernels of `gateScale` and of its gradient are launched. */
import type { Launch, Node, Variant } from '../../../graph/operation';
import { mostExperts } from '../assign-experts/shape';
import { grid } from '../grid';
import gradientGroupKernel from './gradient-group.wgsl?raw';
import gradientNaiveKernel from './gradient-naive.wgsl?raw';
import naiveKernel from './naive.wgsl?raw';
import {
  type GateScaleAttributes,
  type GateScaleGradientInputs,
  type GateScaleGradientOutputs,
  type GateScaleInputs,
  type GateScaleOutputs,
  gateScaleSizes,
} from './shape';
import vectorKernel from './vector-thread.wgsl?raw';

type GateScaleNode = Node<GateScaleInputs, GateScaleOutputs, GateScaleAttributes>;
type GateScaleVariant = Variant<GateScaleInputs, GateScaleOutputs, GateScaleAttributes>;
type GradientNode = Node<GateScaleGradientInputs, GateScaleGradientOutputs, GateScaleAttributes>;
type GradientVariant = Variant<GateScaleGradientInputs, GateScaleGradientOutputs, GateScaleAttributes>;

const bindings = ['h', 'scores', 'expert', 'out'] as const;
const gradientBindings = ['h', 'scores', 'expert', 'places', 'lossWeight', 'gradient', 'dh', 'dscores'] as const;

const naive: GateScaleVariant = {
  name: 'naive',
  family: 'naive',
  wgsl: naiveKernel,
  bindings,
  supports: () => true,
  launch: (node) => launch(node, 1),
};

const vector: GateScaleVariant = {
  name: 'vector-thread',
  family: 'thread',
  wgsl: vectorKernel,
  bindings,
  supports: ({ inputs }) => gateScaleSizes(inputs).F % 16 === 0,
  launch: (node) => launch(node, 16),
};

const gradientNaive: GradientVariant = {
  name: 'naive',
  family: 'naive',
  wgsl: gradientNaiveKernel,
  bindings: gradientBindings,
  supports: () => true,
  launch: (node) => gradientLaunch(node, Math.ceil(gateScaleSizes(node.inputs).M / 64)),
};

const gradientGroup: GradientVariant = {
  name: 'group',
  family: 'group',
  wgsl: gradientGroupKernel,
  bindings: gradientBindings,
  supports: ({ inputs }) => gateScaleSizes(inputs).E <= mostExperts,
  launch: (node) => gradientLaunch(node, gateScaleSizes(node.inputs).M),
};

function launch({ inputs, outputs }: GateScaleNode, elementsEach: number): Launch {
  const { M, F, E } = gateScaleSizes(inputs);
  const { h, scores, expert } = inputs;
  return {
    uniforms: [
      { name: 'M', u32: M },
      { name: 'F', u32: F },
      { name: 'E', u32: E },
    ],
    tensors: { h, scores, expert, out: outputs.out },
    workgroups: grid(Math.ceil((M * F) / elementsEach / 64)),
  };
}

function gradientLaunch({ inputs, outputs, attributes }: GradientNode, workgroups: number): Launch {
  const { M, F, E } = gateScaleSizes(inputs);
  return {
    constants: { BALANCING: Number(attributes.coefficient > 0) },
    uniforms: [
      { name: 'M', u32: M },
      { name: 'F', u32: F },
      { name: 'E', u32: E },
      { name: 'balancing', f32: attributes.coefficient * E },
    ],
    tensors: { ...inputs, ...outputs },
    workgroups: grid(workgroups),
  };
}

export const gateScaleVariants: readonly GateScaleVariant[] = [naive, vector];
export const gateScaleGradientVariants: readonly GradientVariant[] = [gradientNaive, gradientGroup];
