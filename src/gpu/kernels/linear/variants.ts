/**
 * How each kernel of `linear` for f32 and f16 is launched: which node it takes, its flags and its grid. Those for quantised
 * weights are in quantised/.
 */
import type { Traits } from '../../../graph/operation';
import { grid } from '../grid';
import { isHalf } from '../half';
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
} from './launch';
import matmulGroupKernel from './matmul-group.wgsl?raw';
import matmulQuadKernel from './matmul-quad.wgsl?raw';
import matmulThreadKernel from './matmul-thread.wgsl?raw';
import matvecGroupKernel from './matvec-group.wgsl?raw';
import matvecThreadKernel from './matvec-thread.wgsl?raw';
import naiveKernel from './naive.wgsl?raw';

export const naive: LinearVariant = {
  name: 'naive',
  family: 'naive',
  wgsl: naiveKernel,
  bindings: sharedBindings,
  supports: () => true,
  launch: (node, traits) => {
    const { M, columns } = sizesOf(node);
    return { ...withHalves(everyFeature(node), node, traits), workgroups: grid(Math.ceil((M * columns) / 64)) };
  },
};

export const matvecThread: LinearVariant = {
  name: 'matvec-thread',
  family: 'thread',
  wgsl: matvecThreadKernel,
  bindings: sharedBindings,
  supports: isToken,
  launch: (node, traits) => {
    const threads = 4;
    const { constants, ...body } = withHalves(everyFeature(node), node, traits);
    return {
      ...body,
      constants: { ...constants, WORKGROUP: threads },
      workgroups: grid(Math.ceil(columnGroups(node, 4) / threads)),
    };
  },
};

export const matvecGroup: LinearVariant = {
  name: 'matvec-group',
  family: 'group',
  wgsl: matvecGroupKernel,
  bindings: sharedBindings,
  supports: isToken,
  launch: (node, traits) => {
    const { constants, ...body } = withHalves(everyFeature(node), node, traits);
    // A lane takes eight elements at a time: 32 lanes reach 256, more of them would have nothing to do.
    const lanes = sizesOf(node).K <= 256 ? 32 : 64;
    return { ...body, constants: { ...constants, WORKGROUP: lanes }, workgroups: grid(columnGroups(node, 4)) };
  },
};

export const matmulThread: LinearVariant = {
  name: 'matmul-thread',
  family: 'thread',
  wgsl: matmulThreadKernel,
  bindings: productBindings,
  supports: isProduct,
  launch: (node, traits) => {
    const threads = 4;
    const { M, N } = sizesOf(node);
    const { constants, ...body } = withHalves(productOnly(node), node, traits);
    return {
      ...body,
      constants: { ...constants, WORKGROUP: threads },
      workgroups: [Math.ceil(N / (8 * threads)), Math.ceil(M / 16), 1],
    };
  },
};

export const matmulQuad: LinearVariant = {
  name: 'matmul-quad',
  family: 'thread',
  wgsl: matmulQuadKernel,
  bindings: productBindings,
  supports: isQuad,
  launch: (node) => {
    const { inputs, outputs, attributes } = node;
    const { M, N, K, K2, stride2, biasRows } = sizesOf(node);
    const { x, weight, bias, x2, weight2, residual } = inputs;
    return {
      constants: { SECOND: Number(weight2 !== undefined) },
      uniforms: [
        { name: 'M', u32: M },
        { name: 'N', u32: N },
        { name: 'K', u32: K },
        { name: 'K2', u32: K2 },
        { name: 'stride2', u32: stride2 },
        { name: 'offset2', u32: attributes.x2Offset ?? 0 },
        { name: 'biasRows', u32: biasRows },
        { name: 'residuals', u32: Number(residual !== undefined) },
        { name: 'residualScale', f32: attributes.residualScale ?? 1 },
      ],
      tensors: { x, weight, bias, x2, weight2, residual, y: outputs.y },
      workgroups: [Math.ceil(N / 16), Math.ceil(M / 16), 1],
    };
  },
};

export const matmulGroup: LinearVariant = {
  name: 'matmul-group',
  family: 'group',
  wgsl: matmulGroupKernel,
  bindings: productBindings,
  supports: isProduct,
  launch: (node, traits) => {
    const { M, N } = sizesOf(node);
    // A larger tile reads less, a smaller one gives every core of the GPU something to do.
    const tile = Math.ceil(M / 64) * Math.ceil(N / 64) >= 128 ? 64 : 32;
    const { constants, ...body } = withHalves(productOnly(node), node, traits);
    return {
      ...body,
      constants: { ...constants, TILE: tile },
      workgroups: [Math.ceil(N / tile), Math.ceil(M / tile), 1],
    };
  },
};

/** Enough rows to fill a tile of four lanes, outputs written in fours, f32 weights: the products of a training step. */
function isQuad(node: LinearNode, traits: Traits): boolean {
  const half = isHalf(traits, node.inputs.weight) || isHalf(traits, node.inputs.weight2);
  const { M, N } = sizesOf(node);
  return traits.subgroups && isProduct(node) && !half && !node.attributes.activation && M >= 16 && N % 4 === 0;
}

/** Says which weights are packed f16. */
function withHalves(body: Body, { inputs }: LinearNode, traits: Traits): Body {
  const halves = { HALF: Number(isHalf(traits, inputs.weight)), HALF2: Number(isHalf(traits, inputs.weight2)) };
  return { ...body, constants: { ...halves, ...body.constants } };
}
