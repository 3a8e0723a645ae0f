/** The expert that is pointed at in a timeline: all runs of one machine show what they do with it. */
import { create } from 'zustand';

export const usePointed = create<{ readonly expert: number | null }>()(() => ({ expert: null }));

export function pointAtExpert(expert: number | null): void {
  if (usePointed.getState().expert !== expert) usePointed.setState({ expert });
}
