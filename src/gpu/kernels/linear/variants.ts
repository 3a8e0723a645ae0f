/**
 * How each kernel of `linear` is launched: which node it takes, its flags, its sizes and its grid.
 */
import type { Launch, Node, Traits, Uniform, Variant } from '../../../graph/operation';
import type { Tensor } from '../../../graph/tensor';
import matvecThread from './matvec-thread.wgsl?raw';
import naiveKernel from './naive.wgsl?raw';
import {
  type LinearActivation,
  type LinearAttributes,
  type LinearInputs,
  type LinearOutputs,
  linearSizes,
  optionalInputs,
} from './shape';

type LinearNode = Node<LinearInputs, LinearOutputs, LinearAttributes>;
type LinearVariant = Variant<LinearInputs, LinearOutputs, LinearAttributes>;

const activationCodes = { silu: 1, gelu: 2, relu: 3 } as const satisfies Record<LinearActivation, number>;
const normCodes = { rms: 1, layer: 2 } as const;

/** Kernels whose optional inputs share four bindings. */
const sharedBindings = ['x', 'weight', 'option1', 'option2', 'option3', 'option4', 'y', 'normed'] as const;

export const naive: LinearVariant = {
  name: 'naive',
  family: 'naive',
  wgsl: naiveKernel,
  bindings: sharedBindings,
  supports: () => true,
  launch: (node, traits) => ({
    ...everyFeature(node, traits),
    workgroups: grid(Math.ceil((sizesOf(node).M * sizesOf(node).columns) / 64)),
  }),
};

/** Threads a workgroup of matvec-thread. */
const threads = 4;

export const matvec: LinearVariant = {
  name: 'matvec-thread',
  family: 'thread',
  wgsl: matvecThread,
  bindings: sharedBindings,
  supports: (node) => isToken(node),
  launch: (node, traits) => {
    const { M, columns } = sizesOf(node);
    const launch = everyFeature(node, traits);
    const count = M * Math.ceil(columns / (node.attributes.gate?.gated ? 2 : 4));
    return {
      ...launch,
      constants: { ...launch.constants, WORKGROUP: threads },
      workgroups: grid(Math.ceil(count / threads)),
    };
  },
};

/** A step of generation: few rows of x, so the product is bound by reading the weight once. */
function isToken(node: LinearNode): boolean {
  const { M, K } = sizesOf(node);
  return M <= 4 && K % 8 === 0;
}

/** Flags, sizes and tensors of a kernel with every feature. */
function everyFeature(node: LinearNode, traits: Traits): Omit<Launch, 'workgroups'> {
  const { inputs, outputs, attributes } = node;
  const { norm, activation, gate } = attributes;
  const optional = optionalInputs(inputs);
  const flags: Record<string, number> = {
    HALF: Number(traits.half(inputs.weight)),
    HALF2: Number(inputs.weight2 !== undefined && traits.half(inputs.weight2)),
    NORM: norm ? normCodes[norm.kind] : 0,
    KEEP_NORMED: Number(attributes.keepNormed ?? false),
    ACTIVATION: activation ? activationCodes[activation.kind] : 0,
    GATE: gate ? activationCodes[gate.kind] : 0,
    GATED: Number(gate?.gated ?? false),
  };
  const tensors: Record<string, Tensor | undefined> = {
    x: inputs.x,
    weight: inputs.weight,
    y: outputs.y,
    normed: outputs.normed,
  };
  optional.forEach(([name, tensor], index) => {
    flags[name.toUpperCase()] = index + 1;
    tensors[`option${index + 1}`] = tensor;
  });
  return { constants: flags, uniforms: uniformsOf(node), tensors };
}

function uniformsOf(node: LinearNode): Uniform[] {
  const { attributes } = node;
  const { M, N, K, columns, K2, stride2 } = sizesOf(node);
  return [
    { name: 'M', u32: M },
    { name: 'N', u32: N },
    { name: 'K', u32: K },
    { name: 'columns', u32: columns },
    { name: 'K2', u32: K2 },
    { name: 'stride2', u32: stride2 },
    { name: 'offset2', u32: attributes.x2Offset ?? 0 },
    { name: 'activationFrom', u32: attributes.activation?.from ?? 0 },
    { name: 'branches', u32: attributes.gate?.branches ?? 1 },
    { name: 'residualScale', f32: attributes.residualScale ?? 1 },
    { name: 'epsilon', f32: attributes.norm?.epsilon ?? 0 },
  ];
}

function sizesOf(node: LinearNode) {
  return linearSizes(node.inputs, node.attributes);
}

/** `count` workgroups folded into two dimensions, each at most 65,535. */
function grid(count: number): [number, number, number] {
  const height = Math.ceil(count / 65535);
  return [Math.ceil(count / height), height, 1];
}
