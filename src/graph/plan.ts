/**
 * Memory plan: which activations may share memory because they never live at the same time.
 *
 * The plan hands out numbered slots instead of offsets into one buffer: WebGPU forbids binding one buffer both as
 * read-only and as writable in one dispatch, and separate buffers keep read-only bindings read-only. A slot is taken by
 * the tensor that wastes least (best fit); one that is too small grows rather than a new one being opened.
 */
import { type Graph, present } from './graph';
import { bytesOf, type Tensor } from './tensor';

export interface Plan {
  /** Slot of every activation. */
  readonly slotOf: ReadonlyMap<Tensor, number>;
  /** Bytes of each slot. */
  readonly slots: readonly number[];
}

export function planMemory(graph: Graph): Plan {
  const lastUse = new Map<Tensor, number>();
  graph.nodes.forEach((node, index) => {
    for (const tensor of [...present(node.inputs), ...present(node.outputs)]) lastUse.set(tensor, index);
  });
  for (const tensor of graph.results) lastUse.set(tensor, graph.nodes.length);

  const slotOf = new Map<Tensor, number>();
  const slots: number[] = [];
  const free = new Set<number>();
  graph.nodes.forEach((node, index) => {
    for (const tensor of present(node.outputs)) {
      const slot = chooseSlot(slots, free, bytesOf(tensor));
      free.delete(slot);
      slots[slot] = Math.max(slots[slot] ?? 0, bytesOf(tensor));
      slotOf.set(tensor, slot);
    }
    for (const tensor of new Set([...present(node.inputs), ...present(node.outputs)])) {
      const slot = slotOf.get(tensor);
      if (slot !== undefined && lastUse.get(tensor) === index) free.add(slot);
    }
  });
  return { slotOf, slots };
}

/** The free slot that wastes least; else the largest free one, to be grown; else a new one. */
function chooseSlot(slots: readonly number[], free: ReadonlySet<number>, bytes: number): number {
  let best = -1;
  for (const slot of free) {
    const size = slots[slot] ?? 0;
    const bestSize = slots[best] ?? 0;
    const better = size >= bytes ? bestSize < bytes || size < bestSize : bestSize < bytes && size > bestSize;
    if (best < 0 || better) best = slot;
  }
  return best < 0 ? slots.length : best;
}
