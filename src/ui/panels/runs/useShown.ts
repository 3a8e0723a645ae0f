/** The runs as the panel shows them: which the filter leaves, which are selected, and the one they are compared with. */
import { useMemo } from 'react';
import { type RunEntry, useRuns } from '../../state/runs';
import { baselineOf, selectedEntries, useRunsView } from '../../state/runs-view';
import { sortEntries } from './columns';
import { filterEntries } from './filter';

/** Those that the filter leaves, in the order of the table. */
export function useListed(): readonly RunEntry[] {
  const entries = useRuns((state) => state.entries);
  const filter = useRunsView((state) => state.filter);
  const sort = useRunsView((state) => state.sort);
  return useMemo(() => sortEntries(filterEntries(entries, filter), sort), [entries, filter, sort]);
}

/** Newest first. */
export function useSelected(): readonly RunEntry[] {
  const entries = useRuns((state) => state.entries);
  const selected = useRunsView((state) => state.selected);
  return useMemo(() => selectedEntries(entries, selected), [entries, selected]);
}

export function useBaseline(): RunEntry | null {
  return baselineOf(
    useSelected(),
    useRunsView((state) => state.baseline),
  );
}
