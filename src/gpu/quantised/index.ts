import type { Variant } from '../../graph/operation';
import { quantisedEmbedVariants } from '../kernels/embed/quantised/variants';
import { quantisedLinearVariants } from '../kernels/linear/quantised/variants';
import type { QuantisedKernels } from '../quantised-kernels';
import { packMatrix } from './pack';

export const quantisedKernels: QuantisedKernels = {
  variants: { linear: anyNodes(quantisedLinearVariants), embed: anyNodes(quantisedEmbedVariants) },
  pack: packMatrix,
};

/** As the graph holds them: an operation's variants are only asked about its own nodes. */
function anyNodes<I, O, A>(variants: readonly Variant<I, O, A>[]): readonly Variant[] {
  return variants as unknown as readonly Variant[];
}
