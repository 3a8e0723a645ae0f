/**
 * The harness of every gradient rule: builds a graph of one operation, reverses it, runs both on the twin in float64, and
 * compares the gradient of every differentiable input with central differences. No WebGPU: the kernels are held against
 * the same twins by `parity.ts`.
 *
 * The loss is Σ w ⊙ y over all outputs with random w, or, for an operation that is itself a loss, Σ losses · lossWeight[0].
 */
import { GraphBuilder } from '../../graph/graph';
import type { Memory, Operation } from '../../graph/operation';
import { gradientName, reverse, type Sum } from '../../graph/reverse';
import { elements, type Tensor } from '../../graph/tensor';
import { TwinMemory, TwinProgram } from '../../graph/twin';
import { type Given, random } from './parity';

export interface GradientCase<A> {
  /**
   * Inputs with kind 'matrix' or 'vector' are parameters; states named in `differentiate` become activations; the other
   * states are only read (ids, cursor, tables).
   */
  readonly inputs: Readonly<Record<string, Given | undefined>>;
  readonly attributes: A;
  /** States that get a gradient: the activations that come from below. */
  readonly differentiate?: readonly string[];
  /** Outputs that take part in the loss; all unless given (statistics kept for the reverse pass do not). */
  readonly outputs?: readonly string[];
  /** Parameters that do not learn. */
  readonly frozen?: readonly string[];
  /** The operation is a loss: its reverse rule needs no incoming gradient. */
  readonly root?: boolean;
  /** States of the reverse pass that the host prepares, by name. */
  readonly prepared?: Readonly<Record<string, ArrayLike<number>>>;
}

/** Step of the central differences: its error is about step² in float64. */
const step = 1e-5;

// biome-ignore lint/suspicious/noExplicitAny: the harness names inputs by string and takes any operation's types
type TestedOperation<A> = Operation<any, any, A>;

/**
 * Returns the inputs that were compared; throws a sentence for the first element whose gradient is off by more than
 * `tolerance` relative to the largest gradient of its tensor.
 */
export function checkGradients<A>(operation: TestedOperation<A>, test: GradientCase<A>, tolerance = 1e-6): string[] {
  const builder = new GraphBuilder();
  const sources: Record<string, Tensor> = {};
  const inputs: Record<string, Tensor | undefined> = {};
  for (const [key, given] of Object.entries(test.inputs)) {
    if (!given) continue;
    if (given.kind === 'matrix') inputs[key] = sources[key] = builder.matrix(key, given.shape as [number, number]);
    else if (given.kind === 'vector') inputs[key] = sources[key] = builder.vector(key, given.shape);
    else if (test.differentiate?.includes(key)) {
      sources[key] = builder.vector(key, given.shape);
      inputs[key] = builder.add(leaf, `${key} of`, { value: sources[key] }, {}).out;
    } else inputs[key] = builder.state(key, given.shape, given.element ?? 'f32');
  }
  const outputs = builder.add(operation, operation.name, inputs, test.attributes) as Record<string, Tensor>;
  const lossOutputs = Object.entries(outputs).filter(([key]) => test.outputs?.includes(key) ?? true);
  const loss = test.root ? Object.values(outputs)[0] : addLoss(builder, lossOutputs);
  if (!loss) throw new Error(`${operation.name} has no output to take a loss of.`);
  const forward = { nodes: [...builder.nodes] };
  const learning = reverse(builder, loss, { sum, trainable: ({ name }) => !(test.frozen ?? []).includes(name) });
  const graph = builder.build();

  const weights = new Map(
    Object.entries(sources).map(([key]) => [
      key,
      { values: Float32Array.from(Array.from(test.inputs[key]?.values ?? [])) },
    ]),
  );
  const memory = new TwinMemory('float64', weights);
  for (const [key, given] of Object.entries(test.inputs)) {
    const tensor = inputs[key];
    if (given && tensor?.role === 'state') memory.numbers(tensor).set(Array.from(given.values));
  }
  for (const [name, values] of Object.entries(test.prepared ?? {})) {
    const tensor = graph.states.find((state) => state.name === name);
    if (!tensor) throw new Error(`The graph has no state ${name}.`);
    memory.numbers(tensor).set(Array.from(values));
  }
  lossOutputs.forEach(([key, output], index) => {
    const weight = graph.states.find((state) => state.name === weightName(key));
    if (weight) memory.numbers(weight).set(random(output.shape, 91 + index).values);
  });

  const program = new TwinProgram(graph, memory);
  program.run();
  const gradients = new Map(
    learning.map((tensor) => {
      const state = graph.states.find(({ name }) => name === gradientName(tensor)) as Tensor;
      return [tensor.name, Float64Array.from(program.read(state))] as const;
    }),
  );
  const forwardGraph = { ...graph, nodes: forward.nodes, results: [loss] };
  const value = (): number => {
    const run = new TwinProgram(forwardGraph, memory);
    run.run();
    const losses = Array.from(run.read(loss));
    const scale = test.root ? (memory.numbers(inputs.lossWeight as Tensor)[0] ?? 1) : 1;
    return losses.reduce((total, entry) => total + entry, 0) * scale;
  };
  for (const [name, gradient] of gradients)
    compare(operation.name, name, gradient, memory.numbers(sources[name] as Tensor), value, tolerance);
  return [...gradients.keys()];
}

function compare(
  operation: string,
  name: string,
  gradient: Float64Array,
  numbers: ReturnType<TwinMemory['numbers']>,
  value: () => number,
  tolerance: number,
): void {
  const expected = gradient.map((_, index) => {
    const kept = numbers[index] as number;
    numbers[index] = kept + step;
    const above = value();
    numbers[index] = kept - step;
    const below = value();
    numbers[index] = kept;
    return (above - below) / (2 * step);
  });
  const largest = expected.reduce((most, entry) => Math.max(most, Math.abs(entry)), 1e-3);
  expected.forEach((entry, index) => {
    const own = gradient[index] as number;
    if (!(Math.abs(own - entry) <= tolerance * largest)) {
      throw new Error(
        `${operation}: the gradient of ${name}[${index}] is ${own}, central differences give ${entry} (largest ${largest}).`,
      );
    }
  });
}

function weightName(output: string): string {
  return `weight of ${output}`;
}

function addLoss(builder: GraphBuilder, outputs: readonly [string, Tensor][]): Tensor {
  const inputs: Record<string, Tensor> = {};
  for (const [key, tensor] of outputs) {
    inputs[key] = tensor;
    inputs[weightName(key)] = builder.state(weightName(key), tensor.shape);
  }
  return builder.add(weightedSum, 'loss', inputs, {}).loss as Tensor;
}

/** loss = Σ over outputs of Σ weight ⊙ output. */
const weightedSum: Operation<Record<string, Tensor>, { readonly loss: Tensor }, object> = {
  name: 'weightedSum',
  outputs: () => ({ loss: { shape: [1], element: 'f32' } }),
  flops: () => 0,
  twin: (inputs, { loss }, node) => {
    loss[0] = 0;
    for (const key of Object.keys(node.inputs).filter((name) => !name.startsWith('weight of '))) {
      const weight = inputs[weightName(key)] as Memory<Record<string, Tensor>>[string];
      (inputs[key] as Float64Array).forEach((entry, index) => {
        loss[0] = (loss[0] as number) + entry * (weight[index] as number);
      });
    }
  },
  gradient: (node, back) => {
    for (const [key, tensor] of Object.entries(node.inputs)) {
      const weight = node.inputs[weightName(key)];
      if (weight) back.give(tensor, weight);
    }
  },
  variants: [],
};

/** An activation that is a copy of a parameter, so that its gradient can be collected. */
const leaf: Operation<{ readonly value: Tensor }, { readonly out: Tensor }, object> = {
  name: 'leaf',
  outputs: ({ value }) => ({ out: { shape: value.shape, element: 'f32' } }),
  flops: () => 0,
  twin: ({ value }, { out }) => out.set(value),
  gradient: ({ inputs, outputs, name }, back) => {
    const gradient = back.of(outputs.out);
    if (!gradient || !back.wants(inputs.value)) return;
    back.add(accumulate, `${name}.gradient`, { gradient, total: back.accumulator(inputs.value) }, {});
  },
  variants: [],
};

const accumulate: Operation<{ readonly gradient: Tensor; readonly total: Tensor }, object, object> = {
  name: 'accumulate',
  updates: ['total'],
  outputs: () => ({}),
  flops: () => 0,
  twin: ({ gradient, total }) => {
    for (let i = 0; i < total.length; i++) total[i] = (total[i] as number) + (gradient[i] as number);
  },
  variants: [],
};

const sum: Sum = {
  name: 'sum',
  outputs: ({ a }) => ({ out: { shape: a.shape, element: 'f32' } }),
  flops: ({ outputs }) => elements(outputs.out.shape),
  twin: ({ a, b }, { out }, { attributes: { scaleA, scaleB } }) => {
    for (let i = 0; i < out.length; i++) out[i] = scaleA * (a[i] as number) + (b ? scaleB * (b[i] as number) : 0);
  },
  variants: [],
};
