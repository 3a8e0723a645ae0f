/**
 * What the launches of all kernels of `linear` share: which nodes they take, behind which binding an optional input stands, the
 * flags that follow from attributes and the sizes. How weights are stored is for each kernel to say.
 */
import type { Launch, Node, Uniform, Variant } from '../../../graph/operation';
import { elements, type Tensor } from '../../../graph/tensor';
import {
  type LinearActivation,
  type LinearAttributes,
  type LinearInputs,
  type LinearOutputs,
  linearSizes,
  optionalInputs,
  optionalLimit,
} from './shape';

export type LinearNode = Node<LinearInputs, LinearOutputs, LinearAttributes>;
export type LinearVariant = Variant<LinearInputs, LinearOutputs, LinearAttributes>;
export interface Body extends Omit<Launch, 'workgroups'> {
  readonly constants: Readonly<Record<string, number>>;
}

const activationCodes = { silu: 1, gelu: 2, relu: 3 } as const satisfies Record<LinearActivation, number>;
const normCodes = { rms: 1, layer: 2 } as const;

/** Kernels with every feature, whose optional inputs share four bindings. */
export const sharedBindings = ['x', 'weight', 'option1', 'option2', 'option3', 'option4', 'y', 'normed'] as const;
export const productBindings = ['x', 'weight', 'bias', 'x2', 'weight2', 'residual', 'y'] as const;

/** A step of generation: few rows of x, so the product is bound by reading the weight once. */
export function isToken(node: LinearNode): boolean {
  const { M, K } = sizesOf(node);
  return M <= 4 && K % 8 === 0 && secondIn(node, 8) && fitsWideBindings(node.inputs);
}

/** Many rows of x and no norm or gate, which at that size are nodes of their own. */
export function isProduct(node: LinearNode): boolean {
  const { M, N, K } = sizesOf(node);
  const { norm, gate, activation } = node.attributes;
  const alone = !norm && !gate && !(activation && node.inputs.weight2);
  return M > 4 && K % 4 === 0 && secondIn(node, 4) && alone && Math.ceil(M / 16) <= 65535 && N / 32 <= 65535;
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

/** Parts of y that a thread or workgroup of a matvec kernel owns: what `rows` rows of the weight make, half as many columns of a gated FFN. */
export function columnGroups(node: LinearNode, rows: number): number {
  const { M, columns } = sizesOf(node);
  return M * Math.ceil(columns / (node.attributes.gate?.gated ? rows / 2 : rows));
}

/** Flags, sizes and tensors of a kernel with every feature. */
export function everyFeature(node: LinearNode): Body {
  const { inputs, outputs, attributes } = node;
  const { norm, activation, gate } = attributes;
  const constants: Record<string, number> = {
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
export function productOnly(node: LinearNode): Body {
  const { inputs, outputs, attributes } = node;
  const { x, weight, bias, x2, weight2, residual } = inputs;
  return {
    constants: {
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

export function sizesOf(node: LinearNode) {
  return linearSizes(node.inputs, node.attributes);
}
