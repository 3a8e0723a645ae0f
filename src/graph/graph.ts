/**
 * A graph: the nodes of a model in the order they run, and the tensors between them.
 *
 * The builder is the only way to make one. It checks every shape when a node is added, so a model that builds is a
 * model whose shapes agree. Shapes are static; a value that changes from run to run (position, token ids, seed) lives
 * in a state tensor.
 */
import type { Node, Operation, Tensors } from './operation';
import { type Element, elements, type Part, shapeText, type Tensor } from './tensor';

export interface Graph {
  readonly nodes: readonly Node[];
  readonly parameters: readonly Tensor[];
  readonly states: readonly Tensor[];
  /** Activations that stay readable after a run. */
  readonly results: readonly Tensor[];
}

export class GraphBuilder {
  readonly #nodes: Node[] = [];
  readonly #parameters = new Map<string, Tensor>();
  readonly #states = new Map<string, Tensor>();
  readonly #results: Tensor[] = [];
  readonly #names = new Set<string>();

  /** A matrix `[out, in]` of the checkpoint, stored in 16 or 32 bits. Asking twice gives the same tensor (a tied head). */
  matrix(name: string, shape: readonly [number, number]): Tensor {
    return this.stack([{ name, shape }]);
  }

  /** A weight that is always stored as f32: norms, biases, scales. */
  vector(name: string, shape: readonly number[]): Tensor {
    return this.stackVectors([{ name, shape }]);
  }

  /**
   * Several matrices `[Nᵢ, K]` that are stored one under the other and used as one matrix `[ΣNᵢ, K]`, so that one product
   * serves them all. It is called what its parts are called, unless there are so many that it has a name of its own.
   */
  stack(parts: readonly Part[], { name }: { readonly name?: string } = {}): Tensor {
    return this.#declareStack(parts, true, name);
  }

  /** A matrix of no checkpoint that is stored as one: zeros until its rows are written between two runs. */
  pool(name: string, shape: readonly [number, number]): Tensor {
    return this.#declareParameter({ name, shape, element: 'f32', role: 'parameter', parts: [], packable: true });
  }

  /** Vectors `[Nᵢ]` stored one after the other: the biases of a stack of matrices. */
  stackVectors(parts: readonly Part[]): Tensor {
    return this.#declareStack(parts, false);
  }

  #declareStack(parts: readonly Part[], packable: boolean, ownName?: string): Tensor {
    const [first] = parts;
    if (!first) throw new RangeError('A stack needs at least one part.');
    const tail = first.shape.slice(1);
    for (const part of parts) {
      if (elements(part.shape.slice(1)) !== elements(tail) || part.shape.length !== first.shape.length) {
        throw new RangeError(
          `${part.name} has shape ${shapeText(part.shape)} and cannot be stacked with ${first.name} ${shapeText(first.shape)}: all but the first axis must agree.`,
        );
      }
    }
    const rows = parts.reduce((sum, part) => sum + (part.shape[0] ?? 0), 0);
    const name = ownName ?? parts.map((part) => part.name).join(' + ');
    return this.#declareParameter({ name, shape: [rows, ...tail], element: 'f32', role: 'parameter', parts, packable });
  }

  /**
   * Memory that outlives a run and is shared by name with other programs of the same model. It starts at `initial`
   * (a table that never changes, say), else at zero.
   */
  state(name: string, shape: readonly number[], element: Element = 'f32', initial?: Tensor['initial']): Tensor {
    const known = this.#states.get(name);
    if (known) {
      if (shapeText(known.shape) !== shapeText(shape)) {
        throw new RangeError(
          `State ${name} was declared with shape ${shapeText(known.shape)} and now ${shapeText(shape)}.`,
        );
      }
      return known;
    }
    const tensor: Tensor = {
      name,
      shape,
      element,
      role: 'state',
      parts: [],
      packable: false,
      ...(initial && { initial }),
    };
    this.#states.set(name, tensor);
    return tensor;
  }

  /** Adds a node and returns its outputs. `name` must be new in this graph. */
  add<I, O, A>(operation: Operation<I, O, A>, name: string, inputs: I, attributes: A): O {
    if (this.#names.has(name)) throw new Error(`Two nodes are called ${name}: give one of them another name.`);
    this.#names.add(name);
    const specs = Object.entries(operation.outputs(inputs, attributes)) as [
      string,
      Pick<Tensor, 'shape' | 'element'>,
    ][];
    const outputs = Object.fromEntries(
      specs.map(([key, spec]): [string, Tensor] => [
        key,
        {
          name: specs.length === 1 ? name : `${name}.${key}`,
          shape: spec.shape,
          element: spec.element,
          role: 'activation',
          parts: [],
          packable: false,
        },
      ]),
    ) as O;
    this.#nodes.push({ operation, name, inputs, outputs, attributes } as unknown as Node);
    return outputs;
  }

  /** Nodes added so far. */
  get nodes(): readonly Node[] {
    return this.#nodes;
  }

  /** Keeps an activation readable after the run. */
  result(tensor: Tensor): Tensor {
    this.#results.push(tensor);
    return tensor;
  }

  build(): Graph {
    return {
      nodes: this.#nodes,
      parameters: [...this.#parameters.values()],
      states: [...this.#states.values()],
      results: this.#results,
    };
  }

  #declareParameter(tensor: Tensor): Tensor {
    const known = this.#parameters.get(tensor.name);
    if (!known) {
      this.#parameters.set(tensor.name, tensor);
      return tensor;
    }
    if (shapeText(known.shape) !== shapeText(tensor.shape)) {
      throw new RangeError(
        `Parameter ${tensor.name} was declared with shape ${shapeText(known.shape)} and now ${shapeText(tensor.shape)}.`,
      );
    }
    return known;
  }
}

/** The tensors of a record that are there. */
export function present(tensors: Tensors): Tensor[] {
  return Object.values(tensors).filter((tensor) => tensor !== undefined);
}
