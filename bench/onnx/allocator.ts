/**
 * An ONNX model that only makes zeros: onnxruntime hands its outputs out as GPU buffers that it keeps registered.
 *
 * onnxruntime-web 1.30 forgets a buffer made outside it after each run, so that replaying a captured graph over such a
 * buffer fails in `createBindGroup`; a buffer it made itself lives until its tensor is disposed of.
 */
import { type ElementType, OnnxGraph } from './onnx-graph';

export interface Allocation {
  readonly name: string;
  readonly type: Exclude<ElementType, 'uint8'>;
  readonly dims: readonly number[];
}

/** Inputs: `zero.<type>` [1] for each type in use. */
export function allocatorGraph(allocations: readonly Allocation[]): OnnxGraph {
  const graph = new OnnxGraph();
  for (const type of new Set(allocations.map((allocation) => allocation.type))) graph.input(`zero.${type}`, type, [1]);
  for (const { name, type, dims } of allocations) {
    const shape = graph.constant(`${name}.shape`, [dims.length], BigInt64Array.from(dims, BigInt));
    graph.add('Expand', [`zero.${type}`, shape], name);
    graph.output(name, type, dims);
  }
  return graph;
}
