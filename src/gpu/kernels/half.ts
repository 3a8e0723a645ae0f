import type { Traits } from '../../graph/operation';
import type { Tensor } from '../../graph/tensor';

/** Whether a tensor is there and stored as packed pairs of f16. */
export function isHalf(traits: Traits, tensor: Tensor | undefined): boolean {
  return tensor !== undefined && traits.storage(tensor).kind === 'f16';
}
