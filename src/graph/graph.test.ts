import { describe, expect, it } from 'vitest';
import { costOf, workOf } from './cost';
import { GraphBuilder } from './graph';
import type { Operation } from './operation';
import { planMemory } from './plan';
import { axis, bytesOf, type Tensor } from './tensor';
import { TwinMemory, TwinProgram } from './twin';

/** y = x + 1, for graphs of any shape. */
const increment: Operation<{ x: Tensor }, { y: Tensor }, { by: number }> = {
  name: 'increment',
  outputs: ({ x }) => ({ y: { shape: x.shape, element: 'f32' } }),
  flops: ({ inputs }) => axis(inputs.x, 0),
  twin: ({ x }, { y }, { attributes }) => {
    for (let i = 0; i < y.length; i++) y[i] = (x[i] ?? 0) + attributes.by;
  },
  variants: [],
};

/** y = table[0] + x, to read a parameter. */
const add: Operation<{ x: Tensor; weight: Tensor }, { y: Tensor }, null> = {
  name: 'add',
  outputs: ({ x }) => ({ y: { shape: x.shape, element: 'f32' } }),
  flops: ({ inputs }) => axis(inputs.x, 0),
  twin: ({ x, weight }, { y }) => {
    for (let i = 0; i < y.length; i++) y[i] = (x[i] ?? 0) + (weight[i] ?? 0);
  },
  variants: [],
};

function chain(length: number, size = 4): { builder: GraphBuilder; last: Tensor } {
  const builder = new GraphBuilder();
  let last = builder.state('x', [size]);
  for (let index = 0; index < length; index++) {
    last = builder.add(increment, `step ${index}`, { x: last }, { by: index }).y;
  }
  return { builder, last };
}

describe('GraphBuilder', () => {
  it('gives a tied weight once', () => {
    const builder = new GraphBuilder();
    expect(builder.matrix('w', [2, 3])).toBe(builder.matrix('w', [2, 3]));
    expect(builder.build().parameters).toHaveLength(1);
  });

  it('refuses one name with two shapes', () => {
    const builder = new GraphBuilder();
    builder.matrix('w', [2, 3]);
    expect(() => builder.matrix('w', [3, 3])).toThrow('Parameter w was declared with shape [2, 3] and now [3, 3].');
    builder.state('cache', [4]);
    expect(() => builder.state('cache', [5])).toThrow('State cache was declared with shape [4] and now [5].');
  });

  it('stacks matrices of one width and refuses others by name', () => {
    const builder = new GraphBuilder();
    const stacked = builder.stack([
      { name: 'q', shape: [4, 8] },
      { name: 'k', shape: [2, 8] },
    ]);
    expect(stacked.shape).toEqual([6, 8]);
    expect(() =>
      builder.stack([
        { name: 'q', shape: [4, 8] },
        { name: 'k', shape: [2, 9] },
      ]),
    ).toThrow('k has shape [2, 9] and cannot be stacked with q [4, 8]');
    expect(() => builder.stack([])).toThrow('at least one part');
  });

  it('refuses two nodes of one name', () => {
    const { builder, last } = chain(1);
    expect(() => builder.add(increment, 'step 0', { x: last }, { by: 1 })).toThrow('Two nodes are called step 0');
  });

  it('names the axis that a tensor lacks', () => {
    expect(() => axis(chain(0).last, 3)).toThrow('x has shape [4]: it has no axis 3.');
  });
});

describe('planMemory', () => {
  it('needs two slots for a chain of any length', () => {
    const { builder, last } = chain(20);
    builder.result(last);
    expect(planMemory(builder.build()).slots).toEqual([16, 16]);
  });

  it('never lets two tensors that live together share a slot', () => {
    const builder = new GraphBuilder();
    const x = builder.state('x', [4]);
    const early = builder.add(increment, 'early', { x }, { by: 1 }).y;
    const middle = builder.add(increment, 'middle', { x }, { by: 2 }).y;
    const sum = builder.add(add, 'sum', { x: early, weight: middle }, null).y;
    const { slotOf } = planMemory(builder.build());
    expect(new Set([early, middle, sum].map((tensor) => slotOf.get(tensor))).size).toBe(3);
  });

  it('keeps a result out of the reach of later nodes', () => {
    const builder = new GraphBuilder();
    const x = builder.state('x', [4]);
    const kept = builder.result(builder.add(increment, 'kept', { x }, { by: 1 }).y);
    const next = builder.add(increment, 'next', { x }, { by: 2 }).y;
    builder.add(increment, 'last', { x: next }, { by: 3 });
    const { slotOf } = planMemory(builder.build());
    expect([...slotOf].filter(([, slot]) => slot === slotOf.get(kept))).toHaveLength(1);
  });

  it('grows a free slot that is too small instead of opening another', () => {
    const builder = new GraphBuilder();
    const small = builder.state('small', [1]);
    const large = builder.state('large', [8]);
    builder.add(increment, 'first', { x: small }, { by: 1 });
    builder.add(increment, 'second', { x: large }, { by: 1 });
    expect(planMemory(builder.build()).slots).toEqual([32]);
  });
});

describe('costOf', () => {
  it('counts a half-stored matrix at two bytes an element and a vector at four', () => {
    const builder = new GraphBuilder();
    const x = builder.state('x', [4]);
    const first = builder.add(add, 'matrix', { x, weight: builder.matrix('w', [1, 4]) }, null).y;
    builder.result(builder.add(add, 'vector', { x: first, weight: builder.vector('v', [4]) }, null).y);
    const graph = builder.build();
    expect(costOf(graph, 4)).toMatchObject({ parameters: 8, weightBytes: 32, stateBytes: 16, dispatches: 2, flops: 8 });
    expect(costOf(graph, 2)).toMatchObject({ weightBytes: 8 + 16, bytesRead: 4 * 4 + 4 * 2 + 4 * 4 + 4 * 4 });
    expect(workOf(graph.nodes[0] ?? expect.fail('no node'))).toEqual({ flops: 4, bytesRead: 32, bytesWritten: 16 });
    expect(bytesOf(builder.matrix('w', [1, 4]), 2)).toBe(8);
  });
});

describe('TwinProgram', () => {
  it.each(['float32', 'float64'] as const)('runs the nodes in order in %s', (precision) => {
    const { builder, last } = chain(5);
    const graph = { ...builder.build(), results: [last] };
    const memory = new TwinMemory(precision, new Map());
    memory.numbers(graph.states[0] ?? expect.fail('no state')).set([1, 2, 3, 0.1]);
    const program = new TwinProgram(graph, memory);
    program.run();
    expect(Array.from(program.read(last))).toEqual([11, 12, 13, precision === 'float32' ? Math.fround(10.1) : 10.1]);
  });

  it('names the weight that a checkpoint lacks', () => {
    const builder = new GraphBuilder();
    builder.add(add, 'sum', { x: builder.state('x', [2]), weight: builder.vector('model.norm.weight', [2]) }, null);
    expect(() => new TwinProgram(builder.build(), new TwinMemory('float64', new Map()))).toThrow(
      'Weight model.norm.weight is missing',
    );
  });
});
