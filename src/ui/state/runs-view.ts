/** How the Runs panel is looked at: order, filter, selection, baseline and step. Stays while other panels are open. */
import { create } from 'zustand';
import type { RunRecord } from '../../lab/run-record';
import type { RunEntry } from './runs';

export const columnKeys = [
  'name',
  'state',
  'best',
  'last',
  'bits',
  'probes',
  'speed',
  'parameters',
  'seed',
  'created',
] as const;
export type ColumnKey = (typeof columnKeys)[number];

interface RunsView {
  readonly sort: { readonly column: ColumnKey; readonly down: boolean };
  readonly filter: string;
  /** Ids of the runs that are drawn and compared; null: nothing was selected yet, so the newest are. */
  readonly selected: readonly string[] | null;
  /** Null: the oldest of the selected. */
  readonly baseline: string | null;
  /** Id of the run whose details are unfolded. */
  readonly open: string | null;
  /** The step that is read out; null: the last. */
  readonly step: number | null;
  /** The step that was chosen to stay; a chart that is pointed at reads out another for a while. */
  readonly pinned: number | null;
  /** Null: nats, unless vocabularies differ. */
  readonly unit: 'nats' | 'bits' | null;
  readonly logSteps: boolean;
  readonly fade: boolean;
  /** What was deleted last, to be had back. */
  readonly deleted: {
    readonly ids: readonly string[];
    readonly names: readonly string[];
    /** What this visit remembered of them. */
    readonly loose: readonly RunRecord[];
    /** Whether storage had any. */
    readonly stored: boolean;
  } | null;
  readonly problem: string | null;
  readonly notice: string | null;
}

export const useRunsView = create<RunsView>()(() => ({
  sort: { column: 'created', down: true },
  filter: '',
  selected: null,
  baseline: null,
  open: null,
  step: null,
  pinned: null,
  unit: null,
  logSteps: false,
  fade: true,
  deleted: null,
  problem: null,
  notice: null,
}));

/** Drawn at first. */
const firstSelected = 3;

/** Ids of the selected among these, newest first. */
export function selectedEntries(entries: readonly RunEntry[], selected: readonly string[] | null): readonly RunEntry[] {
  if (selected === null) return entries.filter(({ run }) => run.curves.steps.length > 0).slice(0, firstSelected);
  const wanted = new Set(selected);
  return entries.filter(({ run }) => wanted.has(run.id));
}

/** The chosen baseline while it is selected, else the oldest of the selected. */
export function baselineOf(selected: readonly RunEntry[], chosen: string | null): RunEntry | null {
  return selected.find(({ run }) => run.id === chosen) ?? selected.at(-1) ?? null;
}
