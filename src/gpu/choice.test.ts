import { expect, it } from 'vitest';
import { GraphBuilder } from '../graph/graph';
import type { Node, Storage, Traits } from '../graph/operation';
import { candidates, chooseBy, shapeClass } from './choice';
import { fetchVariants } from './fetched-variants';
import { assignExperts } from './kernels/assign-experts/assign-experts';
import { linear } from './kernels/linear/linear';
import { quantisedKernels } from './quantised';

function product(K: number): Node {
  const builder = new GraphBuilder();
  builder.add(linear, 'product', { x: builder.state('x', [1, K]), weight: builder.matrix('weight', [4, K]) }, {});
  return builder.build().nodes[0] as Node;
}

function traits(storage: Storage, integerActivations = false): Traits {
  return {
    subgroups: false,
    integerActivations,
    quantisedVariants: quantisedKernels.variants,
    storage: ({ packable }) => (packable ? storage : { kind: 'f32' }),
  };
}

const storages: readonly Storage[] = [
  { kind: 'f32' },
  { kind: 'f16' },
  { kind: 'int4', block: 32, zeros: false },
  { kind: 'int4', block: 32, zeros: true },
  { kind: 'int4', block: 64, zeros: false },
  { kind: 'int8', block: 32, zeros: false },
];

it('measures a node anew for each way to store its weight, and for integer activations where they matter', () => {
  const node = product(64);
  const classes = storages.flatMap((storage) => [false, true].map((flag) => shapeClass(node, traits(storage, flag))));
  // f32 and f16 weights meet f32 activations always.
  expect(new Set(classes).size).toBe(2 * storages.length - 2);
});

it('takes kernels for quantised weights where there are some, and no others', () => {
  const names = (storage: Storage) => candidates(product(64), traits(storage)).map((variant) => variant.name);
  for (const storage of storages) {
    const quantised = 'block' in storage;
    expect(names(storage).length).toBeGreaterThan(1);
    for (const name of names(storage)) expect(name.startsWith('quantised')).toBe(quantised);
  }
});

it('says what to do where no kernel reads a quantised matrix', () => {
  const { quantisedVariants: _, ...without } = traits({ kind: 'int4', block: 32, zeros: false });
  expect(() => chooseBy(true)(product(64), without)).toThrow(
    'product: no kernel of linear takes these shapes with a quantised matrix: leave that matrix as it is.',
  );
});

it('takes fetched kernels of an operation that brings none, and says so where they are not there', async () => {
  const builder = new GraphBuilder();
  builder.add(assignExperts, 'assign', { scores: builder.state('scores', [1, 4]) }, { balanced: false });
  const node = builder.build().nodes[0] as Node;
  const fetchedVariants = await fetchVariants([node, product(64)]);
  expect(Object.keys(fetchedVariants)).toEqual(['assignExperts']);
  expect(candidates(node, { ...traits({ kind: 'f32' }), fetchedVariants }).map(({ name }) => name)).toEqual(['naive']);
  expect(() => chooseBy(true)(node, traits({ kind: 'f32' }))).toThrow('no kernel of assignExperts takes these shapes.');
});
