/** The kernel of `embed` for a quantised table of tokens; a table of positions stays as it is. */
import { grid } from '../../grid';
import { isHalf } from '../../half';
import { type EmbedVariant, embedBindings, embedUniforms } from '../embed';
import { embedWidth } from '../shape';
import kernel from './thread.wgsl?raw';

const thread: EmbedVariant = {
  name: 'quantised-thread',
  family: 'thread',
  wgsl: kernel,
  bindings: embedBindings,
  supports: ({ inputs: { table, positions } }, traits) =>
    table !== undefined &&
    'block' in traits.storage(table) &&
    !(positions !== undefined && 'block' in traits.storage(positions)),
  launch: (node, traits) => {
    const { ids, table, positions, prompt, cursor } = node.inputs;
    const storage = table && traits.storage(table);
    if (!storage || !('block' in storage)) throw new Error(`${node.name}: the table of tokens is not quantised.`);
    return {
      constants: {
        BITS: storage.kind === 'int4' ? 4 : 8,
        ZEROS: Number(storage.zeros),
        POSITIONS: Number(positions !== undefined),
        HALF_POSITIONS: Number(isHalf(traits, positions)),
      },
      uniforms: [...embedUniforms(node), { name: 'block', u32: storage.block }],
      tensors: { ids, table, positions, prompt, cursor, out: node.outputs.out },
      workgroups: grid(Math.ceil((node.attributes.tokens * embedWidth(node.inputs)) / 64)),
    };
  },
};

export const quantisedEmbedVariants = [thread];
