/**
 * What an operation is: its shape rule, its cost, its meaning (the CPU twin), its gradient and its GPU variants, in one
 * value.
 *
 * An `Operation` lives in `src/gpu/kernels/<name>/`; this file only says what it must provide. Nothing here touches
 * WebGPU: a launch is data (WGSL text, constants, uniforms, bindings, workgroups) that `src/gpu/program.ts` carries out.
 */
import type { BytesPerWeight, Element, Tensor, TensorSpec } from './tensor';
import type { WeightStorage } from './weights';

/** Inputs or outputs by name; an optional input that is off is `undefined`. */
export type Tensors = Readonly<Record<string, Tensor | undefined>>;

/** Numbers behind a tensor on the CPU: float64 in tests, float32 in the fallback, uint32 for ids. */
export type Numbers = Float32Array | Float64Array | Uint32Array;

/** CPU memory of the named tensors of a node. */
export type Memory<T> = { readonly [K in keyof T]: undefined extends T[K] ? Numbers | undefined : Numbers };

export interface Node<I = Tensors, O = Tensors, A = unknown> {
  readonly operation: Operation<I, O, A>;
  /** Unique in its graph and readable on the page: `layers.0.attention`. */
  readonly name: string;
  readonly inputs: I;
  readonly outputs: O;
  readonly attributes: A;
}

/** Work of one node. Bytes are those that must move at least once: inputs read, outputs written. */
export interface Work {
  readonly flops: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

// Methods, not function properties: TypeScript then lets a specific operation stand where any operation is meant.
export interface Operation<I = Tensors, O = Tensors, A = unknown> {
  readonly name: string;
  /** Names of the inputs that the operation also writes (state that is updated in place). */
  readonly updates?: readonly (keyof I & string)[];
  /** Shape rule. Throws a sentence that names the tensors, their shapes and what was expected. */
  outputs(inputs: I, attributes: A): { readonly [K in keyof O]: TensorSpec };
  /** Floating-point operations; a multiply-add counts two. */
  flops(node: Node<I, O, A>): number;
  /** Bytes read and written where the default (every input once, every output once) would be wrong. */
  traffic?(
    node: Node<I, O, A>,
    bytesPerWeight: BytesPerWeight,
  ): { readonly bytesRead: number; readonly bytesWritten: number };
  /** The meaning of the operation, in plain TypeScript at the precision of its arrays. */
  twin(inputs: Memory<I>, outputs: Memory<O>, node: Node<I, O, A>): void;
  /**
   * The reverse rule: adds the nodes that carry the gradients of the outputs to the inputs and parameters. An operation
   * without one ends the reverse pass; asking it for a gradient is an error.
   */
  gradient?(node: Node<I, O, A>, back: Backward): void;
  /** GPU kernels, the naive one first. */
  readonly variants: readonly Variant<I, O, A>[];
  /** Kernels of an operation that most models do without: they are fetched with the first graph that has it, and `variants` is empty. */
  fetchVariants?(): Promise<readonly Variant<I, O, A>[]>;
}

/**
 * The reverse pass, as a gradient rule sees it (`reverse.ts` carries it out). A rule asks which gradients are wanted, adds
 * nodes, and hands over what they compute; where several consumers share an input, their shares are summed.
 */
export interface Backward {
  /** Gradient of an output of the node; undefined when the loss does not depend on it. */
  of(output: Tensor | undefined): Tensor | undefined;
  /** Whether anything trainable needs the gradient of this input; never for an input that is off. */
  wants(input: Tensor | undefined): input is Tensor;
  /** Adds a node to the reverse pass. */
  add<I, O, A>(operation: Operation<I, O, A>, name: string, inputs: I, attributes: A): O;
  /** State of the graph, e.g. what the host prepares for a gradient. */
  state(name: string, shape: readonly number[], element?: Element): Tensor;
  /**
   * Hands over a share of an input's gradient whose kernel can add what was collected so far: `share` returns
   * `own + residualScale · residual`, or its own gradient when `residual` is undefined.
   */
  fuse(input: Tensor, share: (residual: Tensor | undefined, residualScale: number) => Tensor): void;
  /**
   * Hands over `scale · gradient` as a share of an input's gradient. Costs a dispatch only when another share is there
   * already, so a rule gives before it fuses.
   */
  give(input: Tensor, gradient: Tensor, scale?: number): void;
  /** The state that kernels add a parameter's gradient to; the optimiser sets it back to zero. */
  accumulator(parameter: Tensor): Tensor;
}

export type Family = 'naive' | 'thread' | 'group';

export interface Variant<I = Tensors, O = Tensors, A = unknown> {
  /** Readable and unique within its operation: `matvec-thread`. */
  readonly name: string;
  readonly family: Family;
  /** A whole WGSL module with one entry point `main`; binding 0 is the uniform struct, the rest follow `bindings`. */
  readonly wgsl: string;
  /** Names of the storage bindings after the uniforms, in the order of their binding numbers. */
  readonly bindings: readonly string[];
  /** Whether this kernel is right for the node's shapes on a device with `traits`. */
  supports(node: Node<I, O, A>, traits: Traits): boolean;
  launch(node: Node<I, O, A>, traits: Traits): Launch;
}

/** What a launch may depend on besides the node. */
export interface Traits {
  /** Subgroup operations are present and passed their parity check on this device. */
  readonly subgroups: boolean;
  /** How the tensor is stored (see `src/gpu/parameters.ts`); whatever is no packable parameter is f32. */
  storage(tensor: Tensor): Storage;
  /** Products with quantised matrices round activations to 8 bits and take packed dot products, which passed their check. */
  readonly integerActivations: boolean;
  /** Kernels for nodes with a quantised parameter, by operation, where they are loaded; all others read f32 and f16 alone. */
  readonly quantisedVariants?: VariantsByOperation | undefined;
  /** Kernels of the operations that have them fetched. */
  readonly fetchedVariants?: VariantsByOperation | undefined;
}

export type VariantsByOperation = Readonly<Record<string, readonly Variant[]>>;

/** How a parameter lies in the memory of a GPU: f16 in packed pairs; a quantised matrix with its digits, scales and zero points. */
export type Storage =
  | { readonly kind: Extract<WeightStorage, 'f32' | 'f16'> }
  | {
      readonly kind: Extract<WeightStorage, 'int8' | 'int4'>;
      /** Columns that share a scale. */
      readonly block: number;
      /** Whether blocks have zero points of their own. */
      readonly zeros: boolean;
    };

export interface Launch {
  /** Values of the module's `override` constants. */
  readonly constants?: Readonly<Record<string, number>>;
  /** Members of the uniform struct, in order; all are 4 bytes wide. */
  readonly uniforms: readonly Uniform[];
  /** Tensor behind each storage binding; `undefined` binds an empty placeholder that the kernel does not read. */
  readonly tensors: Readonly<Record<string, Tensor | undefined>>;
  readonly workgroups: readonly [number, number, number];
}

export type Uniform = { readonly name: string; readonly u32: number } | { readonly name: string; readonly f32: number };
