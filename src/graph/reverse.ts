/**
 * The reverse pass: adds to a graph the nodes that compute the gradient of a loss with respect to its parameters.
 *
 * Nodes are visited from the loss upwards, each once; an operation's own rule says which nodes carry the gradients of its
 * outputs to its inputs. A branch without anything trainable below it is left out, so frozen parameters cost nothing.
 * Gradients of activations are activations; gradients of parameters are states that kernels add to
 * (`<parameter>.gradient`), so that several micro-batches and several uses of one parameter (a tied head) need no more.
 */
import { type GraphBuilder, present } from './graph';
import type { Backward, Node, Operation } from './operation';
import type { Tensor, TensorSpec } from './tensor';

/** What sums shares of a gradient that no kernel could fuse: out = scaleA·a + scaleB·b. */
export type Sum = Operation<
  { readonly a: Tensor; readonly b?: Tensor | undefined },
  { readonly out: Tensor },
  { readonly scaleA: number; readonly scaleB: number }
>;

export interface ReverseOptions {
  readonly sum: Sum;
  /** Parameters that learn; all unless given. */
  readonly trainable?: (parameter: Tensor) => boolean;
}

/** Scale · tensor, so that a scaled residual costs no dispatch of its own. */
interface Share {
  readonly tensor: Tensor;
  readonly scale: number;
}

/** Name of the state that a parameter's gradient is added to. */
export function gradientName(parameter: Tensor): string {
  return `${parameter.name}.gradient`;
}

/**
 * Adds the reverse pass of the node that computes `loss`, whose rule needs no incoming gradient. Returns the parameters
 * that receive a gradient, in the order of their first use in the reverse pass.
 */
export function reverse(builder: GraphBuilder, loss: Tensor, options: ReverseOptions): Tensor[] {
  const forward = [...builder.nodes];
  const root = forward.find((node) => present(node.outputs).includes(loss));
  if (!root) throw new Error(`${loss.name} is not computed in this graph: it has no gradient.`);
  const pass = new ReversePass(builder, forward, options);
  for (const node of forward.slice(0, forward.indexOf(root) + 1).reverse()) pass.visit(node, node === root);
  return [...pass.learning];
}

class ReversePass implements Backward {
  readonly learning = new Set<Tensor>();
  readonly #shares = new Map<Tensor, Share>();
  /** Activations that something trainable stands above of. */
  readonly #dependent = new Set<Tensor>();
  readonly #trainable: (parameter: Tensor) => boolean;
  readonly #sum: Sum;
  #sums = 0;

  constructor(
    private readonly builder: GraphBuilder,
    forward: readonly Node[],
    options: ReverseOptions,
  ) {
    this.#trainable = options.trainable ?? (() => true);
    this.#sum = options.sum;
    for (const node of forward) {
      if (!present(node.inputs).some((input) => this.wants(input))) continue;
      for (const output of present(node.outputs)) this.#dependent.add(output);
    }
  }

  visit(node: Node, isRoot: boolean): void {
    if (!isRoot && !present(node.outputs).some((output) => this.#shares.has(output))) return;
    if (!present(node.inputs).some((input) => this.wants(input))) return;
    if (!node.operation.gradient) {
      throw new Error(`${node.name}: ${node.operation.name} has no gradient, but a trainable weight lies above it.`);
    }
    node.operation.gradient(node, this);
  }

  of(output: Tensor | undefined): Tensor | undefined {
    const share = output && this.#shares.get(output);
    if (!share) return undefined;
    if (share.scale === 1) return share.tensor;
    const tensor = this.#add({ a: share.tensor }, share.scale, 0);
    this.#shares.set(output, { tensor, scale: 1 });
    return tensor;
  }

  wants(input: Tensor | undefined): input is Tensor {
    if (!input) return false;
    return input.role === 'parameter' ? this.#trainable(input) : this.#dependent.has(input);
  }

  add<I, O, A>(operation: Operation<I, O, A>, name: string, inputs: I, attributes: A): O {
    return this.builder.add(operation, name, inputs, attributes);
  }

  state(name: string, shape: readonly number[], element: TensorSpec['element'] = 'f32'): Tensor {
    return this.builder.state(name, shape, element);
  }

  fuse(input: Tensor, share: (residual: Tensor | undefined, residualScale: number) => Tensor): void {
    if (!this.wants(input)) return;
    const collected = this.#shares.get(input);
    this.#shares.set(input, { tensor: share(collected?.tensor, collected?.scale ?? 0), scale: 1 });
  }

  give(input: Tensor, gradient: Tensor, scale = 1): void {
    if (!this.wants(input)) return;
    const collected = this.#shares.get(input);
    this.#shares.set(
      input,
      collected
        ? { tensor: this.#add({ a: collected.tensor, b: gradient }, collected.scale, scale), scale: 1 }
        : { tensor: gradient, scale },
    );
  }

  accumulator(parameter: Tensor): Tensor {
    const wanted: boolean = this.wants(parameter);
    if (!wanted) throw new Error(`${parameter.name} does not learn: ask whether it is wanted first.`);
    this.learning.add(parameter);
    return this.builder.state(gradientName(parameter), parameter.shape);
  }

  #add(inputs: { readonly a: Tensor; readonly b?: Tensor }, scaleA: number, scaleB: number): Tensor {
    this.#sums += 1;
    return this.builder.add(this.#sum, `sum.${this.#sums}`, inputs, { scaleA, scaleB }).out;
  }
}
