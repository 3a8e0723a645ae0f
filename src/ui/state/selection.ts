/** Which token is looked at, and how its attention is drawn. */
import { create } from 'zustand';
import type { Inspection } from '../../worker/protocol';

export type Tint = 'probability' | 'attention';

interface SelectionState {
  /** Position in the text, the begin token counted; null when nothing is selected. */
  readonly position: number | null;
  readonly tint: Tint;
  /** From 0. */
  readonly layer: number;
  /** From 0; `mean` is the average of the heads. */
  readonly head: number | 'mean';
  /** What the model did one position before the selected token: that is where the token was chosen. */
  readonly inspection: Inspection | null;
}

export const useSelection = create<SelectionState>()(() => ({
  position: null,
  tint: 'probability',
  layer: 0,
  head: 'mean',
  inspection: null,
}));

export function clearSelection(): void {
  useSelection.setState({ position: null, inspection: null, tint: 'probability' });
}

/** Softmax weights over positions 0…inspection.position of the chosen layer and head; null when there is none. */
export function attentionOf(inspection: Inspection, layer: number, head: number | 'mean'): readonly number[] | null {
  const heads = inspection.attention[Math.min(layer, inspection.attention.length - 1)];
  if (!heads || heads.length === 0) return null;
  if (head !== 'mean') return heads[Math.min(head, heads.length - 1)] ?? null;
  const length = heads[0]?.length ?? 0;
  return Array.from({ length }, (_, at) => heads.reduce((sum, weights) => sum + (weights[at] ?? 0), 0) / heads.length);
}
