/**
 * The harness of every kernel test: runs each variant of an operation on a real device and compares with the twin in
 * float64. A missing adapter throws, a NaN fails.
 */
import { type Graph, GraphBuilder } from '../../graph/graph';
import type { Node, Operation, Variant } from '../../graph/operation';
import type { QuantisedMatrix } from '../../graph/quantised';
import { elements, type Tensor } from '../../graph/tensor';
import { TwinMemory, TwinProgram } from '../../graph/twin';
import { halvesOf, type Weights, weightNamed } from '../../graph/weights';
import { candidates } from '../choice';
import { dawnDevice } from '../dawn';
import { ParameterStore } from '../parameters';
import { Pipelines } from '../pipelines';
import { compile, traitsOf } from '../program';
import { quantisedKernelsFor } from '../quantised-kernels';
import { readBuffer } from '../readback';
import { StateStore } from '../states';

/** A value of a test: numbers with a shape. `parameter` is a weight (a packable one with `matrix`), else it is state. */
export interface Given {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
  readonly element?: 'f32' | 'u32';
  readonly kind?: 'state' | 'matrix' | 'vector';
  /** A state whose values the graph itself holds: a table. */
  readonly isTable?: boolean;
  /** A matrix that is stored so; `values` are then what it stands for. */
  readonly quantised?: QuantisedMatrix;
}

export interface Comparison {
  readonly variant: string;
  readonly tensor: string;
  readonly gpu: Float32Array | Uint32Array;
  readonly twin: ArrayLike<number>;
  /** Normalised mean squared error: Σ(gpu − twin)² / Σ twin²; 0 when both are zero. */
  readonly nmse: number;
}

export interface Case<A> {
  readonly inputs: Readonly<Record<string, Given | undefined>>;
  readonly attributes: A;
  /** Store matrices as packed f16, those that are not quantised; the twin then reads the rounded values too. */
  readonly half?: boolean;
  /** See `Traits`. */
  readonly integerActivations?: boolean;
  /** Only these variants; default: all that support the node. */
  readonly variants?: readonly string[];
}

// biome-ignore lint/suspicious/noExplicitAny: the harness names inputs by string and takes any operation's types
export type TestedOperation<A> = Operation<any, any, A>;

/** Compiling takes longer than running, so all cases of a process share their pipelines. */
let pipelines: Pipelines | undefined;

/**
 * Runs the operation on every variant that supports it and returns a comparison for each output and updated state.
 * Throws when a variant named in `variants` does not support the case.
 */
export async function runVariants<A>(operation: TestedOperation<A>, test: Case<A>): Promise<Comparison[]> {
  const { graph, tensors, node } = graphOf(operation, test);
  const weights = weightsOf(test, graph);
  const device = await dawnDevice();
  const parameters = new ParameterStore(device, weights, test.half === true, await quantisedKernelsFor(weights));
  pipelines ??= new Pipelines(device);
  const shared = {
    pipelines,
    parameters,
    subgroups: device.gpu.features.has('subgroups'),
    integerActivations: test.integerActivations === true,
  };
  const traits = await traitsOf(graph.nodes, shared);
  const possible = candidates(node, traits);
  const chosen = test.variants ? test.variants.map((name) => variantNamed(possible, name, operation.name)) : possible;

  const twin = new TwinProgram(graph, new TwinMemory('float64', test.half ? rounded(weights, graph) : weights));
  for (const [key, given] of givenStates(test)) twin.read(tensors[key] as Tensor).set(Array.from(given.values));
  twin.run();

  const comparisons: Comparison[] = [];
  for (const variant of chosen) {
    const states = new StateStore(device);
    for (const [key, given] of givenStates(test)) {
      const array = given.element === 'u32' ? Uint32Array.from(given.values) : Float32Array.from(given.values);
      states.write(tensors[key] as Tensor, array);
    }
    const program = await compile(device, graph, { ...shared, states, choose: () => variant });
    const encoder = device.gpu.createCommandEncoder();
    const pass = encoder.beginComputePass();
    program.encode(pass);
    pass.end();
    device.submit(encoder);
    const updated = (operation.updates ?? []).map((key) => tensors[key]).filter((tensor) => tensor !== undefined);
    for (const tensor of [...graph.results, ...updated]) {
      const bytes = await readBuffer(device, program.buffer(tensor), 0, elements(tensor.shape) * 4);
      const gpu = tensor.element === 'u32' ? new Uint32Array(bytes) : new Float32Array(bytes);
      comparisons.push({
        variant: variant.name,
        tensor: tensor.name,
        gpu,
        twin: twin.read(tensor),
        nmse: nmse(gpu, twin.read(tensor)),
      });
    }
    program.destroy();
    states.destroy();
  }
  parameters.destroy();
  return comparisons;
}

/** As `runVariants`, and throws a sentence for the first output whose error is above `tolerance` (NMSE) or not a number. */
export async function checkParity<A>(
  operation: TestedOperation<A>,
  test: Case<A>,
  tolerance: number,
): Promise<string[]> {
  const comparisons = await runVariants(operation, test);
  for (const { variant, tensor, nmse: error } of comparisons) {
    if (!(error <= tolerance)) {
      throw new Error(
        `${operation.name}/${variant}: ${tensor} differs from the twin by an NMSE of ${error}; allowed is ${tolerance}.`,
      );
    }
  }
  return [...new Set(comparisons.map((comparison) => comparison.variant))];
}

export function nmse(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let error = 0;
  let power = 0;
  for (let i = 0; i < expected.length; i++) {
    const e = expected[i] ?? Number.NaN;
    const d = (actual[i] ?? Number.NaN) - e;
    error += d * d;
    power += e * e;
  }
  if (error === 0) return 0;
  return power === 0 ? error : error / power;
}

/** Reproducible numbers in (−1, 1). */
export function noise(count: number, seed = 1): Float32Array {
  let state = Math.imul(seed, 0x9e3779b9) | 1;
  return Float32Array.from({ length: count }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) / 2 ** 32) * 2 - 1;
  });
}

/** A given of `shape` filled with noise. */
export function random(shape: readonly number[], seed: number, kind: Given['kind'] = 'state', scale = 1): Given {
  return { shape, values: noise(elements(shape), seed).map((value) => value * scale), kind };
}

/** The graph of one node, its inputs by name. */
export function graphOf<A>(operation: TestedOperation<A>, test: Case<A>) {
  const builder = new GraphBuilder();
  const tensors: Record<string, Tensor | undefined> = {};
  for (const [key, given] of Object.entries(test.inputs)) {
    if (!given) continue;
    if (given.kind === 'matrix') tensors[key] = builder.matrix(key, given.shape as [number, number]);
    else if (given.kind === 'vector') tensors[key] = builder.vector(key, given.shape);
    else tensors[key] = builder.state(key, given.shape, given.element ?? 'f32', tableOf(given));
  }
  const outputs = builder.add(operation, operation.name, tensors, test.attributes) as Record<string, Tensor>;
  for (const tensor of Object.values(outputs)) builder.result(tensor);
  const graph = builder.build();
  return { graph, tensors, node: graph.nodes[0] as Node };
}

function tableOf({ isTable, element, values }: Given): Tensor['initial'] {
  if (!isTable) return undefined;
  return element === 'u32' ? Uint32Array.from(values) : Float32Array.from(values);
}

export function weightsOf<A>(test: Case<A>, graph: Graph): Weights {
  return new Map(
    graph.parameters.map(({ name }) => {
      const { quantised, values } = test.inputs[name] ?? { values: [] };
      return [name, quantised ? { quantised } : { values: Float32Array.from(values) }];
    }),
  );
}

/** The inputs that are states. */
export function givenStates<A>(test: Case<A>): [string, Given][] {
  return Object.entries(test.inputs).filter(
    (entry): entry is [string, Given] => entry[1] !== undefined && (entry[1].kind ?? 'state') === 'state',
  );
}

function rounded(weights: Weights, graph: Graph): Weights {
  return new Map(
    graph.parameters.map((tensor) => {
      const weight = weightNamed(weights, tensor.name);
      return [tensor.name, tensor.packable && !('quantised' in weight) ? { half: halvesOf(weight) } : weight];
    }),
  );
}

function variantNamed(possible: readonly Variant[], name: string, operation: string): Variant {
  const variant = possible.find((candidate) => candidate.name === name);
  if (!variant) throw new Error(`${operation}/${name} does not support this case.`);
  return variant;
}
