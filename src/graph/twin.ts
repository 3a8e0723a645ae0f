/**
 * The CPU twin: runs a graph in plain TypeScript, node by node, in float64 (the oracle of the tests) or float32 (the
 * fallback of a machine without WebGPU). It knows nothing of any operation; each brings its own meaning.
 */
import type { Graph } from './graph';
import type { Memory, Numbers, Tensors } from './operation';
import { planMemory } from './plan';
import { elements, type Tensor } from './tensor';
import { floatsOf, type Weights, weightNamed } from './weights';

export type Precision = 'float32' | 'float64';

/** Parameters and states by name, shared by the programs of one model. */
export class TwinMemory {
  readonly #arrays = new Map<string, Numbers>();

  constructor(
    readonly precision: Precision,
    private readonly weights: Weights,
  ) {}

  /** Numbers of a parameter or state; parameters are copied from the checkpoint at first use, states start at their initial value. */
  numbers(tensor: Tensor): Numbers {
    const known = this.#arrays.get(tensor.name);
    if (known) return known;
    const array = allocate(tensor, this.precision);
    if (tensor.initial) array.set(tensor.initial);
    let offset = 0;
    for (const part of tensor.parts) {
      array.set(floatsOf(weightNamed(this.weights, part.name)), offset);
      offset += elements(part.shape);
    }
    this.#arrays.set(tensor.name, array);
    return array;
  }

  /** Puts the numbers of `name` into memory of the caller's, e.g. a part of a flat array. */
  place(name: string, numbers: Numbers): void {
    this.#arrays.set(name, numbers);
  }

  get bytes(): number {
    return [...this.#arrays.values()].reduce((sum, array) => sum + array.byteLength, 0);
  }
}

export class TwinProgram {
  readonly #numbers = new Map<Tensor, Numbers>();
  readonly #steps: readonly (() => void)[];

  constructor(
    readonly graph: Graph,
    memory: TwinMemory,
  ) {
    const plan = planMemory(graph);
    const slots = plan.slots.map((bytes) => new ArrayBuffer(memory.precision === 'float64' ? bytes * 2 : bytes));
    for (const tensor of [...graph.parameters, ...graph.states]) this.#numbers.set(tensor, memory.numbers(tensor));
    for (const [tensor, slot] of plan.slotOf) {
      this.#numbers.set(tensor, allocate(tensor, memory.precision, slots[slot]));
    }
    this.#steps = graph.nodes.map((node) => {
      const inputs = this.#memory(node.inputs);
      const outputs = this.#memory(node.outputs);
      return () => node.operation.twin(inputs, outputs, node);
    });
  }

  /** Runs the nodes `first` ≤ i < `end`, all unless given. */
  run(first = 0, end = this.#steps.length): void {
    for (let index = first; index < end; index++) this.#steps[index]?.();
  }

  /** Numbers of a parameter, state or result; other activations share memory and may be overwritten. */
  read(tensor: Tensor): Numbers {
    const array = this.#numbers.get(tensor);
    if (!array) throw new Error(`${tensor.name} is not part of this program.`);
    return array;
  }

  carrierOf(): 'twin' {
    return 'twin';
  }

  destroy(): void {}

  #memory(tensors: Tensors): Memory<Tensors> {
    const entries = Object.entries(tensors).map(([key, tensor]) => [key, tensor && this.read(tensor)]);
    return Object.fromEntries(entries) as Memory<Tensors>;
  }
}

function allocate(tensor: Tensor, precision: Precision, buffer?: ArrayBuffer): Numbers {
  const count = elements(tensor.shape);
  const memory = buffer ?? new ArrayBuffer(count * (precision === 'float64' && tensor.element === 'f32' ? 8 : 4));
  if (tensor.element === 'u32') return new Uint32Array(memory, 0, count);
  return precision === 'float64' ? new Float64Array(memory, 0, count) : new Float32Array(memory, 0, count);
}
