/**
 * How each kernel of `linear` is launched: which node it takes, its flags, its sizes and its grid.
 */
import type { Launch, Node, Traits, Uniform, Variant } from '../../../graph/operation';
import { elements, type Tensor } from '../../../graph/tensor';
import { grid } from '../grid';
import matmulGroupKernel from './matmul-group.wgsl?raw';
import matmulQuadKernel from './matmul-quad.wgsl?raw';
import matmulThreadKernel from './matmul-thread.wgsl?raw';
import matvecGroupKernel from './matvec-group.wgsl?raw';
import matvecThreadKernel from './matvec-thread.wgsl?raw';
import naiveKernel from './naive.wgsl?raw';
import {
  type LinearActivation,
  type LinearAttributes,
  type LinearInputs,
  type LinearOutputs,
  linearSizes,
  optionalInputs,
  optionalLimit,
} from './shape';

type LinearNode = Node<LinearInputs, LinearOutputs, LinearAttributes>;
type LinearVariant = Variant<LinearInputs, LinearOutputs, LinearAttributes>;
type Body = Omit<Launch, 'workgroups'>;

const activationCodes = { silu: 1, gelu: 2, relu: 3 } as const satisfies Record<LinearActivation, number>;
const normCodes = { rms: 1, layer: 2 } as const;

/** Kernels with every feature, whose optional inputs share four bindings. */
const sharedBindings = ['x', 'weight', 'option1', 'option2', 'option3', 'option4', 'y', 'normed'] as const;
const productBindings = ['x', 'weight', 'bias', 'x2', 'weight2', 'residual', 'y'] as const;

export const naive: LinearVariant = {
  name: 'naive',
  family: 'naive',
  wgsl: naiveKernel,
  bindings: sharedBindings,
  supports: () => true,
  launch: (node, traits) => {
    const { M, columns } = sizesOf(node);
    return { ...everyFeature(node, traits), workgroups: grid(Math.ceil((M * columns) / 64)) };
  },
};

export const matvecThread: LinearVariant = {
  name: 'matvec-thread',
  family: 'thread',
  wgsl: matvecThreadKernel,
  bindings: sharedBindings,
  supports: isToken,
  launch: (node, traits) => {
    const threads = 4;
    const { constants, ...body } = everyFeature(node, traits);
    return {
      ...body,
      constants: { ...constants, WORKGROUP: threads },
      workgroups: grid(Math.ceil(columnGroups(node) / threads)),
    };
  },
};

export const matvecGroup: LinearVariant = {
  name: 'matvec-group',
  family: 'group',
  wgsl: matvecGroupKernel,
  bindings: sharedBindings,
  supports: isToken,
  launch: (node, traits) => {
    const { constants, ...body } = everyFeature(node, traits);
    // A lane takes eight elements at a time: 32 lanes reach 256, more of them would have nothing to do.
    const lanes = sizesOf(node).K <= 256 ? 32 : 64;
    return { ...body, constants: { ...constants, WORKGROUP: lanes }, workgroups: grid(columnGroups(node)) };
  },
};

export const matmulThread: LinearVariant = {
  name: 'matmul-thread',
  family: 'thread',
  wgsl: matmulThreadKernel,
  bindings: productBindings,
  supports: isProduct,
  launch: (node, traits) => {
    const threads = 4;
    const { M, N } = sizesOf(node);
    const { constants, ...body } = productOnly(node, traits);
    return {
      ...body,
      constants: { ...constants, WORKGROUP: threads },
      workgroups: [Math.ceil(N / (8 * threads)), Math.ceil(M / 16), 1],
    };
  },
};

export const matmulQuad: LinearVariant = {
  name: 'matmul-quad',
  family: 'thread',
  wgsl: matmulQuadKernel,
  bindings: productBindings,
  supports: isQuad,
  launch: (node) => {
    const { inputs, outputs, attributes } = node;
    const { M, N, K, K2, stride2, biasRows } = sizesOf(node);
    const { x, weight, bias, x2, weight2, residual } = inputs;
    return {
      constants: { SECOND: Number(weight2 !== undefined) },
      uniforms: [
        { name: 'M', u32: M },
        { name: 'N', u32: N },
        { name: 'K', u32: K },
        { name: 'K2', u32: K2 },
        { name: 'stride2', u32: stride2 },
        { name: 'offset2', u32: attributes.x2Offset ?? 0 },
        { name: 'biasRows', u32: biasRows },
        { name: 'residuals', u32: Number(residual !== undefined) },
        { name: 'residualScale', f32: attributes.residualScale ?? 1 },
      ],
      tensors: { x, weight, bias, x2, weight2, residual, y: outputs.y },
      workgroups: [Math.ceil(N / 16), Math.ceil(M / 16), 1],
    };
  },
};

export const matmulGroup: LinearVariant = {
  name: 'matmul-group',
  family: 'group',
  wgsl: matmulGroupKernel,
  bindings: productBindings,
  supports: isProduct,
  launch: (node, traits) => {
    const { M, N } = sizesOf(node);
    // A larger tile reads less, a smaller one gives every core of the GPU something to do.
    const tile = Math.ceil(M / 64) * Math.ceil(N / 64) >= 128 ? 64 : 32;
    const { constants, ...body } = productOnly(node, traits);
    return {
      ...body,
      constants: { ...constants, TILE: tile },
      workgroups: [Math.ceil(N / tile), Math.ceil(M / tile), 1],
    };
  },
};

/** A step of generation: few rows of x, so the product is bound by reading the weight once. */
function isToken(node: LinearNode): boolean {
  const { M, K } = sizesOf(node);
  return M <= 4 && K % 8 === 0 && secondIn(node, 8) && fitsWideBindings(node.inputs);
}

/** Many rows of x and no norm or gate, which at that size are nodes of their own. */
function isProduct(node: LinearNode): boolean {
  const { M, N, K } = sizesOf(node);
  const { norm, gate, activation } = node.attributes;
  const alone = !norm && !gate && !(activation && node.inputs.weight2);
  return M > 4 && K % 4 === 0 && secondIn(node, 4) && alone && Math.ceil(M / 16) <= 65535 && N / 32 <= 65535;
}

/** Enough rows to fill a tile of four lanes, outputs written in fours, f32 weights: the products of a training step. */
function isQuad(node: LinearNode, traits: Traits): boolean {
  const { weight, weight2 } = node.inputs;
  const half = traits.half(weight) || (weight2 !== undefined && traits.half(weight2));
  const { M, N } = sizesOf(node);
  return traits.subgroups && isProduct(node) && !half && !node.attributes.activation && M >= 16 && N % 4 === 0;
}

/** Whether the second product can be read `width` elements at a time; a start in x2 needs 4 only. */
function secondIn(node: LinearNode, width: 4 | 8): boolean {
  const { K2, stride2 } = sizesOf(node);
  return K2 % width === 0 && stride2 % 4 === 0 && (node.attributes.x2Offset ?? 0) % 4 === 0;
}

/** Inputs that the matvec kernels read in vectors, behind bindings 3 and 4. */
const wide: ReadonlySet<string> = new Set<keyof LinearInputs>(['gain', 'shift', 'x2', 'weight2']);

/** The shared binding, 1 to 4, of each optional input: first the wide ones from 4 down, then the others from 1 up. */
function sharedBindingOf(inputs: LinearInputs): [keyof LinearInputs, Tensor, number][] {
  const optional = optionalInputs(inputs);
  const wides = optional.filter(([name]) => wide.has(name));
  const others = optional.filter(([name]) => !wide.has(name));
  return [
    ...wides.map(([name, tensor], index): [keyof LinearInputs, Tensor, number] => [
      name,
      tensor,
      optionalLimit - index,
    ]),
    ...others.map(([name, tensor], index): [keyof LinearInputs, Tensor, number] => [name, tensor, index + 1]),
  ];
}

/** Only 3 and 4 hold vectors, and what else stands there must fill its last vector, as padded parameters do. */
function fitsWideBindings(inputs: LinearInputs): boolean {
  return sharedBindingOf(inputs).every(([name, tensor, binding]) =>
    binding >= 3 ? wide.has(name) || tensor.role === 'parameter' || elements(tensor.shape) % 4 === 0 : !wide.has(name),
  );
}

/** Groups of columns that a thread or workgroup of a matvec kernel owns: four columns, or two of a gated FFN. */
function columnGroups(node: LinearNode): number {
  const { M, columns } = sizesOf(node);
  return M * Math.ceil(columns / (node.attributes.gate?.gated ? 2 : 4));
}

/** Flags, sizes and tensors of a kernel with every feature. */
function everyFeature(node: LinearNode, traits: Traits): Body {
  const { inputs, outputs, attributes } = node;
  const { norm, activation, gate } = attributes;
  const constants: Record<string, number> = {
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
  for (const [name, tensor, binding] of sharedBindingOf(inputs)) {
    constants[name.toUpperCase()] = binding;
    tensors[`option${binding}`] = tensor;
  }
  return { constants, uniforms: uniformsOf(node), tensors };
}

/** Flags, sizes and tensors of a kernel without norm and gate. */
function productOnly(node: LinearNode, traits: Traits): Body {
  const { inputs, outputs, attributes } = node;
  const { x, weight, bias, x2, weight2, residual } = inputs;
  return {
    constants: {
      HALF: Number(traits.half(weight)),
      HALF2: Number(weight2 !== undefined && traits.half(weight2)),
      BIAS: Number(bias !== undefined),
      SECOND: Number(weight2 !== undefined),
      RESIDUAL: Number(residual !== undefined),
      ACTIVATION: attributes.activation ? activationCodes[attributes.activation.kind] : 0,
    },
    uniforms: uniformsOf(node),
    tensors: { x, weight, bias, x2, weight2, residual, y: outputs.y },
  };
}

function uniformsOf(node: LinearNode): Uniform[] {
  const { attributes } = node;
  const { M, N, K, columns, K2, stride2, biasRows } = sizesOf(node);
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
    { name: 'biasRows', u32: biasRows },
  ];
}

function sizesOf(node: LinearNode) {
  return linearSizes(node.inputs, node.attributes);
}
