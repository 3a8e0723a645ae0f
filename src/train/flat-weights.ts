/** Weights of a checkpoint as one flat array of a training layout, and back. */
import { type FlatLayout, viewOf } from '../graph/flat';
import { elements } from '../graph/tensor';
import { floatsOf, type Weights, weightNamed } from '../graph/weights';

/** Throws when the checkpoint lacks a tensor of the layout. */
export function flatWeights(layout: FlatLayout, weights: Weights): Float32Array<ArrayBuffer> {
  const flat = new Float32Array(layout.size);
  for (const entry of layout.entries.values()) {
    let offset = entry.offset;
    for (const part of entry.tensor.parts) {
      flat.set(floatsOf(weightNamed(weights, part.name)), offset);
      offset += elements(part.shape);
    }
  }
  return flat;
}

/** A copy of each tensor under its name in the checkpoint. */
export function namedWeights(layout: FlatLayout, flat: Float32Array): Map<string, Float32Array<ArrayBuffer>> {
  const weights = new Map<string, Float32Array<ArrayBuffer>>();
  for (const entry of layout.entries.values()) {
    let from = 0;
    const all = viewOf(flat, entry);
    for (const part of entry.tensor.parts) {
      const to = from + elements(part.shape);
      weights.set(part.name, Float32Array.from(all.subarray(from, to)));
      from = to;
    }
  }
  return weights;
}
