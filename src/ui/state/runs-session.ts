/** Runs that this visit has seen in full: what remains of a run where storage is denied or full. */
import { create } from 'zustand';
import type { RunRecord } from '../../lab/run-record';

export const useSessionRuns = create<{ readonly runs: readonly RunRecord[] }>()(() => ({ runs: [] }));

/** Takes a run, in the place of what was known of it. */
export function rememberRun(run: RunRecord): void {
  useSessionRuns.setState(({ runs }) => ({ runs: [run, ...runs.filter(({ id }) => id !== run.id)] }));
}

/** Gives back what was forgotten. */
export function forgetRuns(ids: readonly string[]): readonly RunRecord[] {
  const { runs } = useSessionRuns.getState();
  useSessionRuns.setState({ runs: runs.filter(({ id }) => !ids.includes(id)) });
  return runs.filter(({ id }) => ids.includes(id));
}
