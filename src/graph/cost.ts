/**
 * What a graph costs, derived from its shapes alone: shown before anything runs, and compared with what is measured.
 */
import { type Graph, present } from './graph';
import type { Node, Work } from './operation';
import { planMemory } from './plan';
import { type BytesPerWeight, bytesOf, elements } from './tensor';

export interface Cost extends Work {
  readonly parameters: number;
  readonly dispatches: number;
  /** Peak bytes of activations under the memory plan. */
  readonly activationBytes: number;
  readonly stateBytes: number;
  readonly weightBytes: number;
}

/** Work of one node: its own traffic rule, or every input once and every output once. */
export function workOf(node: Node, bytesPerWeight: BytesPerWeight = 4): Work {
  const { operation } = node;
  const flops = operation.flops(node);
  if (operation.traffic) return { flops, ...operation.traffic(node, bytesPerWeight) };
  return {
    flops,
    bytesRead: sumOf(present(node.inputs), (tensor) => bytesOf(tensor, bytesPerWeight)),
    bytesWritten: sumOf(present(node.outputs), (tensor) => bytesOf(tensor)),
  };
}

/** Cost of one run of the graph; `bytesPerWeight` is 4 when matrices are stored as f32, 2 when as f16; see `bytesPerWeightOf` where some are quantised. */
export function costOf(graph: Graph, bytesPerWeight: BytesPerWeight = 4): Cost {
  const works = graph.nodes.map((node) => workOf(node, bytesPerWeight));
  return {
    flops: sumOf(works, (work) => work.flops),
    bytesRead: sumOf(works, (work) => work.bytesRead),
    bytesWritten: sumOf(works, (work) => work.bytesWritten),
    dispatches: graph.nodes.length,
    parameters: sumOf(graph.parameters, (tensor) => elements(tensor.shape)),
    activationBytes: sumOf(planMemory(graph).slots, (bytes) => bytes),
    stateBytes: sumOf(graph.states, (tensor) => bytesOf(tensor)),
    weightBytes: sumOf(graph.parameters, (tensor) => bytesOf(tensor, bytesPerWeight)),
  };
}

function sumOf<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0);
}
