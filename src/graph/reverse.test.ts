/** The reverse pass on operations small enough to differentiate by hand: y = w·x and friends, in float64. */
import { describe, expect, it } from 'vitest';
import { GraphBuilder } from './graph';
import type { Operation } from './operation';
import { gradientName, reverse, type Sum } from './reverse';
import type { Tensor } from './tensor';
import { TwinMemory, TwinProgram } from './twin';

interface Binary {
  readonly a: Tensor;
  readonly b?: Tensor | undefined;
}

const sum: Sum = {
  name: 'sum',
  outputs: ({ a }) => ({ out: { shape: a.shape, element: 'f32' } }),
  flops: () => 0,
  twin: ({ a, b }, { out }, { attributes }) => {
    a.forEach((value, i) => {
      out[i] = attributes.scaleA * value + (b ? attributes.scaleB * (b[i] as number) : 0);
    });
  },
  variants: [],
};

/** out = a ⊙ b, with a rule that can fuse what was collected. */
const multiply: Operation<Binary & { residual?: Tensor | undefined }, { readonly out: Tensor }, { scale: number }> = {
  name: 'multiply',
  outputs: ({ a }) => ({ out: { shape: a.shape, element: 'f32' } }),
  flops: () => 0,
  twin: ({ a, b, residual }, { out }, { attributes }) => {
    a.forEach((value, i) => {
      out[i] = value * (b?.[i] as number) + (residual ? attributes.scale * (residual[i] as number) : 0);
    });
  },
  gradient: ({ inputs, outputs, name }, back) => {
    const gradient = back.of(outputs.out) as Tensor;
    if (inputs.residual) back.give(inputs.residual, gradient, 0.5);
    const share = (input: Tensor, other: Tensor, key: string): void => {
      if (!back.wants(input)) return;
      if (input.role === 'parameter') {
        back.add(accumulateProduct, `${name}.${key}`, { gradient, other, total: back.accumulator(input) }, {});
      } else {
        back.fuse(
          input,
          (residual, scale) => back.add(multiply, `${name}.${key}`, { a: gradient, b: other, residual }, { scale }).out,
        );
      }
    };
    share(inputs.a, inputs.b as Tensor, 'a');
    share(inputs.b as Tensor, inputs.a, 'b');
  },
  variants: [],
};

const accumulateProduct: Operation<{ gradient: Tensor; other: Tensor; total: Tensor }, object, object> = {
  name: 'accumulateProduct',
  updates: ['total'],
  outputs: () => ({}),
  flops: () => 0,
  twin: ({ gradient, other, total }) => {
    gradient.forEach((value, i) => {
      total[i] = (total[i] as number) + value * (other[i] as number);
    });
  },
  variants: [],
};

/** The loss itself: its gradient is one everywhere, held in a state. */
const root: Operation<{ readonly x: Tensor }, { readonly loss: Tensor }, object> = {
  name: 'root',
  outputs: ({ x }) => ({ loss: { shape: x.shape, element: 'f32' } }),
  flops: () => 0,
  twin: ({ x }, { loss }) => loss.set(x),
  gradient: ({ inputs }, back) => back.give(inputs.x, back.state('ones', inputs.x.shape)),
  variants: [],
};

const opaque: Operation<{ readonly x: Tensor }, { readonly out: Tensor }, object> = {
  name: 'opaque',
  outputs: ({ x }) => ({ out: { shape: x.shape, element: 'f32' } }),
  flops: () => 0,
  twin: ({ x }, { out }) => out.set(x),
  variants: [],
};

const weights = new Map([
  ['u', { values: Float32Array.of(2, 3) }],
  ['w', { values: Float32Array.of(5, 7) }],
]);

function run(builder: GraphBuilder, loss: Tensor, frozen: readonly string[] = []) {
  const learning = reverse(builder, loss, { sum, trainable: ({ name }) => !frozen.includes(name) });
  const graph = builder.build();
  const memory = new TwinMemory('float64', weights);
  const program = new TwinProgram(graph, memory);
  for (const state of graph.states) if (state.name === 'ones') memory.numbers(state).fill(1);
  program.run();
  const gradients = Object.fromEntries(
    learning.map((tensor) => {
      const state = graph.states.find(({ name }) => name === gradientName(tensor)) as Tensor;
      return [tensor.name, Array.from(memory.numbers(state))];
    }),
  );
  return { gradients, nodes: graph.nodes.map((node) => node.name), memory, program, graph };
}

function parameters(builder: GraphBuilder) {
  return { u: builder.vector('u', [2]), w: builder.vector('w', [2]) };
}

describe('reverse', () => {
  it('carries the gradient of a product to both factors', () => {
    const builder = new GraphBuilder();
    const { u, w } = parameters(builder);
    const { out } = builder.add(multiply, 'product', { a: u, b: w }, { scale: 0 });
    const { loss } = builder.add(root, 'loss', { x: out }, {});
    expect(run(builder, loss).gradients).toEqual({ u: [5, 7], w: [2, 3] });
  });

  it('sums the shares of an activation with two consumers inside the kernel that can', () => {
    const builder = new GraphBuilder();
    const { u, w } = parameters(builder);
    const { out: x } = builder.add(multiply, 'x', { a: u, b: w }, { scale: 0 });
    // y = x·w + x/2: the residual hands its gradient over without a dispatch, the product adds it to its own.
    const { out: y } = builder.add(multiply, 'y', { a: x, b: w, residual: x }, { scale: 0.5 });
    const { loss } = builder.add(root, 'loss', { x: y }, {});
    const { gradients, nodes } = run(builder, loss);
    // dy/du = (w + ½)·w, dy/dw = u·w + (w + ½)·u
    expect(gradients).toEqual({ u: [27.5, 52.5], w: [21, 43.5] });
    expect(nodes.filter((name) => name.startsWith('sum'))).toEqual([]);
  });

  it('adds a node where no kernel can sum two shares', () => {
    const builder = new GraphBuilder();
    const { u, w } = parameters(builder);
    const { out: x } = builder.add(multiply, 'x', { a: u, b: w }, { scale: 0 });
    const { out: y } = builder.add(multiply, 'y', { a: u, b: w, residual: x }, { scale: 0.5 });
    const { out: z } = builder.add(multiply, 'z', { a: u, b: w, residual: x }, { scale: 0.5 });
    const { out: product } = builder.add(multiply, 'yz', { a: y, b: z }, { scale: 0 });
    const { loss } = builder.add(root, 'loss', { x: product }, {});
    const { gradients, nodes } = run(builder, loss);
    // (1.5·u·w)² has the derivative 4.5·u·w² in u.
    expect(gradients.u).toEqual([4.5 * 2 * 25, 4.5 * 3 * 49]);
    expect(nodes.filter((name) => name.startsWith('sum'))).toHaveLength(1);
  });

  it('leaves out what nothing trainable needs', () => {
    const builder = new GraphBuilder();
    const { u, w } = parameters(builder);
    const { out: x } = builder.add(multiply, 'x', { a: u, b: u }, { scale: 0 });
    const { out: y } = builder.add(multiply, 'y', { a: x, b: w }, { scale: 0 });
    const { loss } = builder.add(root, 'loss', { x: y }, {});
    const { gradients, nodes } = run(builder, loss, ['u']);
    expect(gradients).toEqual({ w: [4, 9] });
    expect(nodes).toEqual(['x', 'y', 'loss', 'y.b']);
  });

  it('adds up over runs, as micro-batches do', () => {
    const builder = new GraphBuilder();
    const { u, w } = parameters(builder);
    const { out } = builder.add(multiply, 'product', { a: u, b: w }, { scale: 0 });
    const { loss } = builder.add(root, 'loss', { x: out }, {});
    const { program, graph } = run(builder, loss);
    program.run();
    const state = graph.states.find(({ name }) => name === 'u.gradient') as Tensor;
    expect(Array.from(program.read(state))).toEqual([10, 14]);
  });

  it('names the operation that has no gradient, and only when one is needed', () => {
    const build = (a: (tensors: { u: Tensor; w: Tensor }) => Tensor) => {
      const builder = new GraphBuilder();
      const tensors = parameters(builder);
      const { out: x } = builder.add(opaque, 'rounded', { x: a(tensors) }, {});
      const { out } = builder.add(multiply, 'y', { a: x, b: tensors.w }, { scale: 0 });
      return { builder, loss: builder.add(root, 'loss', { x: out }, {}).loss };
    };
    const learned = build(({ u }) => u);
    expect(() => run(learned.builder, learned.loss)).toThrow(/rounded: opaque has no gradient/);
    const frozen = build(({ u }) => u);
    expect(run(frozen.builder, frozen.loss, ['u']).gradients).toEqual({ w: [2, 3] });
  });
});
