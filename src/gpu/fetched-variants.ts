/**
 * Kernels of operations that most models do without (experts). They are a file of their own, so that the engine's script stays
 * small, and are fetched when a graph that has such a node is compiled or timed.
 */
import type { Node, Variant, VariantsByOperation } from '../graph/operation';

/** By operation, for all nodes whose operation does not bring its kernels itself. */
export async function fetchVariants(nodes: readonly Node[]): Promise<VariantsByOperation> {
  const fetched: Record<string, readonly Variant[]> = {};
  for (const { operation } of nodes) {
    if (operation.fetchVariants) fetched[operation.name] ??= await operation.fetchVariants();
  }
  return fetched;
}
