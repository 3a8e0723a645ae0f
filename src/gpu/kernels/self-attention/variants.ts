/**
 * The four kernels that attention of a training step and each of its gradients come in, and how they are launched: a row a
 * head (naive), blocks of rows of a head with the head in registers or walked in tiles (thread), or a workgroup a block.
 */
import type { Launch, Node, Tensors, Variant } from '../../../graph/operation';
import { rowsOf } from '../attention/heads';
import { grid } from '../grid';
import { blocksOf, fitsRegisters, groupRows, sizes, threadRows, tileConstants } from './layout';
import type { SelfAttentionAttributes, SelfAttentionInputs } from './shape';

interface Kernels {
  readonly naive: string;
  readonly head: string;
  readonly tile: string;
  readonly group: string;
}

/** `headsOf` counts the heads whose rows are the blocks: those of the queries, or those of the keys. */
export function attentionVariants<I extends SelfAttentionInputs, O extends object>(
  kernels: Kernels,
  bindings: readonly string[],
  headsOf: (attributes: SelfAttentionAttributes) => number,
): Variant<I, O, SelfAttentionAttributes>[] {
  type AttentionNode = Node<I, O, SelfAttentionAttributes>;
  const launch = ({ inputs, outputs, attributes }: AttentionNode, workgroups: number): Launch => ({
    uniforms: sizes(attributes, inputs.heads),
    tensors: { ...(inputs as unknown as Tensors), ...(outputs as Tensors) },
    workgroups: grid(workgroups),
  });
  const blocks = ({ inputs, attributes }: AttentionNode, rows: number): number =>
    blocksOf(attributes, headsOf(attributes), inputs.heads, rows);
  const inVectors = ({ attributes }: AttentionNode): boolean => attributes.headSize % 4 === 0;
  return [
    {
      name: 'naive',
      family: 'naive',
      wgsl: kernels.naive,
      bindings,
      supports: () => true,
      launch: (node) => launch(node, Math.ceil((rowsOf(node.inputs.heads) * headsOf(node.attributes)) / 64)),
    },
    {
      name: 'head-thread',
      family: 'thread',
      wgsl: kernels.head,
      bindings,
      supports: ({ attributes }) => fitsRegisters(attributes),
      launch: (node) => ({
        ...launch(node, blocks(node, threadRows)),
        constants: { VECTORS: node.attributes.headSize / 4 },
      }),
    },
    {
      name: 'tile-thread',
      family: 'thread',
      wgsl: kernels.tile,
      bindings,
      supports: inVectors,
      launch: (node) => launch(node, blocks(node, threadRows)),
    },
    {
      name: 'group',
      family: 'group',
      wgsl: kernels.group,
      bindings,
      supports: inVectors,
      launch: (node) => ({ ...launch(node, blocks(node, groupRows)), constants: tileConstants(node.attributes) }),
    },
  ];
}
