/**
 * A graph compiled for the CPU: its commands lie in the engine's memory one behind the other, its activations in the slots of
 * the memory plan. A node whose operation has no kernels here runs as its twin, in float32 on the same memory.
 */
import type { Graph } from '../graph/graph';
import type { Memory, Node, Numbers, Tensors } from '../graph/operation';
import { planMemory } from '../graph/plan';
import { elements, type Tensor } from '../graph/tensor';
import { type Command, commandBytes, type Matrices, writeCommand } from './command';
import type { CpuEngine } from './engine';
import type { CpuMemory } from './memory';
import { loweringOf } from './operations';

/** A node's share of the program: commands from `first` up to `last`, or its twin. */
interface Step {
  readonly node: Node;
  readonly first: number;
  readonly last: number;
  readonly twin: (() => void) | null;
}

export class CpuProgram {
  readonly #slots: readonly number[];
  readonly #commands: number;
  readonly #scratch: number;
  readonly #addresses = new Map<Tensor, number>();
  readonly #steps: readonly Step[];

  constructor(
    readonly graph: Graph,
    private readonly memory: CpuMemory,
  ) {
    const { engine } = memory;
    const plan = planMemory(graph);
    this.#slots = plan.slots.map((bytes) => memory.take(bytes));
    for (const tensor of [...graph.parameters, ...graph.states]) this.#addresses.set(tensor, memory.address(tensor));
    for (const [tensor, slot] of plan.slotOf) this.#addresses.set(tensor, this.#slots[slot] ?? 0);
    // Commands need to know where the scratch lies before it is known how much of it they need: lowered twice.
    const at = (tensor: Tensor | undefined) => (tensor ? this.#addressOf(tensor) : 0);
    let largest = 0;
    const matrices = {
      of: (tensor: Tensor | undefined) => memory.matrix(tensor),
      integerActivations: memory.integerActivations,
    };
    for (const node of graph.nodes) lower(node, at, (bytes) => (largest = Math.max(largest, bytes)), matrices);
    this.#scratch = memory.take(largest);
    const lowered = graph.nodes.map((node) => lower(node, at, () => this.#scratch, matrices));
    const total = lowered
      .flatMap((commands) => commands ?? [])
      .reduce((sum, command) => sum + commandBytes(command), 0);
    this.#commands = memory.take(total);
    let place = this.#commands;
    this.#steps = graph.nodes.map((node, index) => {
      const first = place;
      for (const command of lowered[index] ?? []) {
        writeCommand(engine.words(place, commandBytes(command) / 4), engine.kernel(command.kernel), command);
        place += commandBytes(command);
      }
      return { node, first, last: place, twin: lowered[index] ? null : () => this.#runTwin(node) };
    });
  }

  /** Nodes that run as their twin, for want of a kernel. */
  get twins(): readonly Node[] {
    return this.#steps.filter(({ twin }) => twin !== null).map(({ node }) => node);
  }

  /** Runs the nodes `first` ≤ i < `end`, all unless given. Throws ThreadGone when a thread has ended. */
  run(first = 0, end = this.#steps.length): void {
    const { engine } = this.memory;
    for (let index = first; index < end; ) {
      const step = this.#steps[index] as Step;
      if (step.twin) {
        step.twin();
        index += 1;
        continue;
      }
      let { last } = step;
      for (index += 1; index < end && !this.#steps[index]?.twin; index++) last = this.#steps[index]?.last ?? last;
      engine.run(step.first, last);
    }
  }

  /** Numbers of a parameter, state or result, as a view that ends with the next allocation. */
  read(tensor: Tensor): Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> {
    return viewOf(this.memory.engine, this.#addressOf(tensor), tensor);
  }

  carrierOf(index: number): 'wasm' | 'twin' {
    return this.#steps[index]?.twin ? 'twin' : 'wasm';
  }

  destroy(): void {
    for (const address of [...this.#slots, this.#scratch, this.#commands]) this.memory.give(address);
  }

  #addressOf(tensor: Tensor): number {
    const address = this.#addresses.get(tensor);
    if (address === undefined) throw new Error(`${tensor.name} is not part of this program.`);
    return address;
  }

  #runTwin(node: Node): void {
    node.operation.twin(this.#numbers(node.inputs), this.#numbers(node.outputs), node);
  }

  #numbers(tensors: Tensors): Memory<Tensors> {
    const entries = Object.entries(tensors).map(([key, tensor]): [string, Numbers | undefined] => [
      key,
      tensor && this.read(tensor),
    ]);
    return Object.fromEntries(entries) as Memory<Tensors>;
  }
}

/** Null for an operation without kernels. */
function lower(
  node: Node,
  at: (tensor: Tensor | undefined) => number,
  scratch: (bytes: number) => number,
  matrices: Matrices,
): readonly Command[] | null {
  return loweringOf(node.operation.name)?.(node, at, scratch, matrices) ?? null;
}

function viewOf(
  engine: CpuEngine,
  address: number,
  tensor: Tensor,
): Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer> {
  const count = elements(tensor.shape);
  return tensor.element === 'u32' ? engine.words(address, count) : engine.floats(address, count);
}
