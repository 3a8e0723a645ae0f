/** The recorded runs that come with the page, public/runs: the Train and Runs panels show them until something was run here. */
import { create } from 'zustand';
import type { RunFile, RunRecord } from '../../lab/run-record';

interface RecordedRuns {
  /** In the order of the list, the one to show first at its head; empty until they have come, or where the page has none. */
  readonly runs: readonly RunRecord[];
}

export const useRecordedRuns = create<RecordedRuns>()(() => ({ runs: [] }));

let asked: Promise<readonly RunRecord[]> | null = null;

/** Fetches them once. A page without the list has none. */
export function fetchRecordedRuns(): Promise<readonly RunRecord[]> {
  asked ??= fetchAll();
  return asked;
}

async function fetchAll(): Promise<readonly RunRecord[]> {
  const list = await fetchJson<{ readonly runs: readonly { readonly id: string }[] }>('manifest.json');
  const files = await Promise.all((list?.runs ?? []).map(({ id }) => fetchJson<RunFile>(`${id}.json`)));
  const runs = files.flatMap((file) => file?.runs ?? []).map((run): RunRecord => ({ ...run, state: 'recorded' }));
  useRecordedRuns.setState({ runs });
  return runs;
}

async function fetchJson<T>(name: string): Promise<T | null> {
  const response = await fetch(new URL(`runs/${name}`, document.baseURI)).catch(() => null);
  return response?.ok ? response.json() : null;
}
