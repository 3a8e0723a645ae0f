/**
 * Kernels of operations that most models do without (experts). They are a file of their own, so that the engine's script stays
 * small, and are fetched when a graph that has such a node is compiled or timed.
 */
import type { Node, VariantsByOperation } from '../graph/operation';

/** By operation, for all nodes whose operation does not bring its kernels itself. */
export async function fetchVariants(nodes: readonly Node[]): Promise<VariantsByOperation> {
  const operations = new Map(nodes.map(({ operation }) => [operation.name, operation]));
  const fetched = [...operations.values()].map(
    async ({ name, fetchVariants: fetch }) => [name, await fetch?.()] as const,
  );
  return Object.fromEntries((await Promise.all(fetched)).filter(([, variants]) => variants !== undefined));
}
