/**
 * Whether a model's programs fit the adapter, asked before anything is uploaded.
 *
 * What is needed follows from the graphs: each stacked weight and each state is one buffer, shared by all programs of
 * the model; each slot of a program's memory plan is one buffer of its own. Sizes in bytes.
 */
import type { Graph } from '../graph/graph';
import { planMemory } from '../graph/plan';
import { type BytesPerWeight, bytesOf, bytesPerElement } from '../graph/tensor';

/** What decides which way out there is. */
type BufferKind = 'f32 matrix' | 'weight' | 'state' | 'activation';

interface BufferNeed {
  /** Tensor that asks for the size; for a slot, the largest activation in it. */
  readonly name: string;
  readonly bytes: number;
  readonly kind: BufferKind;
}

export interface MemoryNeed {
  readonly largest: BufferNeed;
  readonly totalBytes: number;
}

export interface MemoryLimits {
  readonly maxBufferSize: number;
  readonly maxStorageBufferBindingSize: number;
  /** Bytes that all buffers together may take, where it is known; WebGPU itself does not tell. */
  readonly totalBytes?: number;
}

/** What the programs of one model need together; `bytesPerWeight` as `costOf` takes it. */
export function memoryNeed(graphs: readonly Graph[], bytesPerWeight: BytesPerWeight): MemoryNeed {
  const shared = new Map<string, BufferNeed>();
  const slots: BufferNeed[] = [];
  for (const graph of graphs) {
    for (const tensor of graph.parameters) {
      const kind = tensor.packable && bytesPerElement(tensor, bytesPerWeight) === 4 ? 'f32 matrix' : 'weight';
      shared.set(tensor.name, { name: tensor.name, bytes: bytesOf(tensor, bytesPerWeight), kind });
    }
    for (const tensor of graph.states) {
      shared.set(tensor.name, { name: tensor.name, bytes: bytesOf(tensor), kind: 'state' });
    }
    slots.push(...slotNeeds(graph));
  }
  const needs = [...shared.values(), ...slots];
  const nothing: BufferNeed = { name: 'nothing', bytes: 0, kind: 'activation' };
  return {
    largest: needs.reduce((largest, need) => (need.bytes > largest.bytes ? need : largest), nothing),
    totalBytes: needs.reduce((sum, need) => sum + need.bytes, 0),
  };
}

/**
 * Null when it fits, else a sentence that follows the model's name: "needs 1.5 GiB in one buffer
 * (model.embed_tokens.weight), this adapter allows 1 GiB: choose f16 weights, a smaller vocabulary or a smaller width."
 */
export function memoryProblem({ largest, totalBytes }: MemoryNeed, limits: MemoryLimits): string | null {
  const oneBuffer = Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize);
  if (largest.bytes > oneBuffer) {
    const sizes = `needs ${bytesText(largest.bytes, Math.ceil)} in one buffer (${largest.name})`;
    return `${sizes}, this adapter allows ${bytesText(oneBuffer, Math.floor)}: choose ${either(waysOut(largest))}.`;
  }
  if (limits.totalBytes !== undefined && totalBytes > limits.totalBytes) {
    const sizes = `needs ${bytesText(totalBytes, Math.ceil)} in all, ${bytesText(limits.totalBytes, Math.floor)} are available`;
    return `${sizes}: choose ${either([...waysOut(largest), 'fewer layers'])}.`;
  }
  return null;
}

function slotNeeds(graph: Graph): BufferNeed[] {
  const { slots, slotOf } = planMemory(graph);
  const names = new Map(
    [...slotOf]
      .filter(([tensor, slot]) => bytesOf(tensor) === slots[slot])
      .map(([tensor, slot]) => [slot, tensor.name]),
  );
  return slots.map((bytes, slot) => ({ name: names.get(slot) ?? `slot ${slot}`, bytes, kind: 'activation' }));
}

/** What makes the largest buffer smaller. */
function waysOut({ kind, name }: BufferNeed): string[] {
  if (kind === 'state') return ['a shorter context', 'fewer KV heads'];
  if (kind === 'activation') return ['a shorter prompt', 'a smaller vocabulary', 'a smaller width'];
  const perToken = /embed_tokens|lm_head/.test(name) ? ['a smaller vocabulary'] : [];
  const perExpert = name.includes('.experts.') ? ['fewer experts'] : [];
  const perSlot = /^experts\.(up|down)$/.test(name) ? ['fewer slots'] : [];
  return [...(kind === 'f32 matrix' ? ['f16 weights'] : []), ...perToken, ...perExpert, ...perSlot, 'a smaller width'];
}

function either(ways: readonly string[]): string {
  return ways.length > 1 ? `${ways.slice(0, -1).join(', ')} or ${ways.at(-1)}` : ways.join();
}

/** Three digits at most; rounded so that a need never looks smaller, and a limit never larger, than it is. */
export function bytesText(bytes: number, round: (value: number) => number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  const value = bytes / 1024 ** power;
  const digits = value < 10 ? 100 : value < 100 ? 10 : 1;
  return `${round(value * digits) / digits} ${units[power]}`;
}
