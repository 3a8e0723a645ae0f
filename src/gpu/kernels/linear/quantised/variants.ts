/**
 * How the kernels of `linear` for quantised weights are launched. They are those for f32 and f16 once more: `naive` for every shape
 * and every storage of both weights; `matvec` for a token, `matmul` for many rows of x, each for threads alone and for
 * workgroups, `matmul-quad` for four threads that share what they load. With integer activations only those run that round x to
 * 8 bits: the `packed` ones, which take packed dot products, and some of the others, which have a flag for it and give the same.
 */
import type { Launch, Storage, Traits, Uniform } from '../../../../graph/operation';
import type { Tensor } from '../../../../graph/tensor';
import { grid } from '../../grid';
import {
  type Body,
  columnGroups,
  everyFeature,
  isProduct,
  isToken,
  type LinearNode,
  type LinearVariant,
  productBindings,
  productOnly,
  sharedBindings,
  sizesOf,
} from '../launch';
import matmulGroupKernel from './matmul-group.wgsl?raw';
import matmulQuadKernel from './matmul-quad.wgsl?raw';
import matmulThreadKernel from './matmul-thread.wgsl?raw';
import matvecGroupKernel from './matvec-group.wgsl?raw';
import matvecThreadKernel from './matvec-thread.wgsl?raw';
import naiveKernel from './naive.wgsl?raw';
import packedMatmulGroupKernel from './packed-matmul-group.wgsl?raw';
import packedMatmulThreadKernel from './packed-matmul-thread.wgsl?raw';
import packedMatvecGroupKernel from './packed-matvec-group.wgsl?raw';
import packedMatvecThreadKernel from './packed-matvec-thread.wgsl?raw';

const storageCodes = { f32: 0, f16: 1, int4: 4, int8: 8 } as const satisfies Record<Storage['kind'], number>;

const naive: LinearVariant = {
  name: 'quantised-naive',
  family: 'naive',
  wgsl: naiveKernel,
  bindings: sharedBindings,
  supports: () => true,
  launch: (node, traits) => {
    const { M, columns } = sizesOf(node);
    const { constants, ...body } = everyFeature(node);
    const { BITS: STORAGE, ...storage } = storageFlags(node, traits);
    return {
      ...body,
      constants: { STORAGE, ...storage, INTEGER: Number(traits.integerActivations), ...constants },
      uniforms: uniformsOf(body, node, traits),
      workgroups: grid(Math.ceil((M * columns) / 64)),
    };
  },
};

/** Activations that a kernel takes. */
type Takes = 'f32' | 'integers' | 'both';

function takes(what: Takes, { integerActivations }: Traits): boolean {
  return what === 'both' || (what === 'integers') === integerActivations;
}

/** The flag of kernels that take both. */
function integerFlag(what: Takes, { integerActivations }: Traits): Record<string, number> {
  return what === 'both' ? { INTEGER: Number(integerActivations) } : {};
}

/** A kernel for a token whose thread or workgroup owns what `rows` rows of the weight make. */
function matvec(
  name: string,
  family: 'thread' | 'group',
  wgsl: string,
  rows: number,
  activations: Takes,
): LinearVariant {
  return {
    name,
    family,
    wgsl,
    bindings: sharedBindings,
    supports: (node, traits) => isQuantised(node, traits) && takes(activations, traits) && isTileToken(node),
    launch: (node, traits) => {
      const threads = family === 'thread' ? 4 : lanesOf(node, activations === 'integers' ? 32 : 8);
      const groups = columnGroups(node, rows);
      return launchOf(everyFeature(node), node, traits, {
        constants: { ...integerFlag(activations, traits), WORKGROUP: threads },
        workgroups: grid(family === 'thread' ? Math.ceil(groups / threads) : groups),
      });
    },
  };
}

function matmul(
  name: string,
  family: 'thread' | 'group',
  wgsl: string,
  activations: Takes,
  place: (sizes: ReturnType<typeof sizesOf>) => Pick<Launch, 'constants' | 'workgroups'>,
  supports: (node: LinearNode, traits: Traits) => boolean = () => true,
): LinearVariant {
  return {
    name,
    family,
    wgsl,
    bindings: productBindings,
    supports: (node, traits) =>
      isQuantised(node, traits) &&
      takes(activations, traits) &&
      isProduct(node) &&
      inEights(node) &&
      supports(node, traits),
    launch: (node, traits) => {
      const { constants, workgroups } = place(sizesOf(node));
      const flags = { ...integerFlag(activations, traits), ...constants };
      return launchOf(productOnly(node), node, traits, { constants: flags, workgroups });
    },
  };
}

/** Columns of y that the four threads of a workgroup own, in tiles of `rows` by `columns` each. */
function threadTiles(rows: number, columns: number) {
  const threads = 4;
  return ({ M, N }: ReturnType<typeof sizesOf>): Pick<Launch, 'constants' | 'workgroups'> => ({
    constants: { WORKGROUP: threads },
    workgroups: [Math.ceil(N / (columns * threads)), Math.ceil(M / rows), 1],
  });
}

/** A larger tile reads less, a smaller one gives every core of the GPU something to do. */
function groupTiles({ M, N }: ReturnType<typeof sizesOf>): Pick<Launch, 'constants' | 'workgroups'> {
  const tile = Math.ceil(M / 64) * Math.ceil(N / 64) >= 128 ? 64 : 32;
  return { constants: { TILE: tile }, workgroups: [Math.ceil(N / tile), Math.ceil(M / tile), 1] };
}

export const quantisedLinearVariants = [
  naive,
  matvec('quantised-matvec-thread', 'thread', matvecThreadKernel, 8, 'both'),
  matvec('quantised-matvec-group', 'group', matvecGroupKernel, 8, 'f32'),
  matmul(
    'quantised-matmul-quad',
    'thread',
    matmulQuadKernel,
    'both',
    ({ M, N }) => ({ workgroups: [Math.ceil(N / 16), Math.ceil(M / 16), 1] }),
    (node, traits) => traits.subgroups && sizesOf(node).N % 4 === 0,
  ),
  matmul('quantised-matmul-thread', 'thread', matmulThreadKernel, 'f32', threadTiles(16, 8)),
  matmul('quantised-matmul-group', 'group', matmulGroupKernel, 'f32', groupTiles),
  matvec('packed-matvec-thread', 'thread', packedMatvecThreadKernel, 16, 'integers'),
  matvec('packed-matvec-group', 'group', packedMatvecGroupKernel, 8, 'integers'),
  matmul('packed-matmul-thread', 'thread', packedMatmulThreadKernel, 'integers', threadTiles(4, 8)),
  matmul('packed-matmul-group', 'group', packedMatmulGroupKernel, 'integers', groupTiles),
];

/** The first weight; the second may be stored in any way. */
function isQuantised({ inputs }: LinearNode, traits: Traits): boolean {
  return 'block' in traits.storage(inputs.weight);
}

/** As for f32, and the rows of a gate begin at a tile. */
function isTileToken(node: LinearNode): boolean {
  return isToken(node) && !(node.attributes.gate?.gated && sizesOf(node).columns % 4 !== 0);
}

/** Digits are read eight elements at a time. */
function inEights(node: LinearNode): boolean {
  const { K, K2 } = sizesOf(node);
  return K % 8 === 0 && K2 % 8 === 0;
}

/** Lanes of a workgroup that walk along K, `each` elements at a time: a power of two up to 64, where no more have work. */
function lanesOf(node: LinearNode, each: number): number {
  const wanted = Math.ceil(sizesOf(node).K / each);
  return Math.min(64, Math.max(4, powerOfTwo(wanted)));
}

function launchOf(
  body: Body,
  node: LinearNode,
  traits: Traits,
  place: Pick<Launch, 'constants' | 'workgroups'>,
): Launch {
  return {
    ...body,
    constants: { ...storageFlags(node, traits), ...body.constants, ...place.constants },
    uniforms: uniformsOf(body, node, traits),
    workgroups: place.workgroups,
  };
}

/** How the weights are stored. */
function storageFlags({ inputs }: LinearNode, traits: Traits) {
  const [first, second] = [storageOf(inputs.weight, traits), storageOf(inputs.weight2, traits)];
  return { BITS: first.code, ZEROS: first.zeros, STORAGE2: second.code, ZEROS2: second.zeros };
}

function uniformsOf(body: Pick<Body, 'uniforms'>, { inputs }: LinearNode, traits: Traits): Uniform[] {
  return [
    ...body.uniforms,
    { name: 'block', u32: storageOf(inputs.weight, traits).block },
    { name: 'block2', u32: storageOf(inputs.weight2, traits).block },
  ];
}

function storageOf(weight: Tensor | undefined, traits: Traits) {
  const storage: Storage = weight ? traits.storage(weight) : { kind: 'f32' };
  const code = storageCodes[storage.kind];
  return 'block' in storage
    ? { code, zeros: Number(storage.zeros), block: storage.block }
    : { code, zeros: 0, block: 1 };
}

/** The smallest power of two that is not below `value`. */
function powerOfTwo(value: number): number {
  let power = 1;
  while (power < value) power *= 2;
  return power;
}
