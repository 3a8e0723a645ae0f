/** The recorded results that come with the page, public/runs/experiments: a question has an answer before anything was run. */
import { create } from 'zustand';
import type { ExperimentRecord } from '../../lab/experiments/experiment';

interface RecordedExperiments {
  /** By the id of the preset. */
  readonly records: Readonly<Record<string, ExperimentRecord>>;
}

export const useRecordedExperiments = create<RecordedExperiments>()(() => ({ records: {} }));

const asked = new Set<string>();

/** Fetches the result of a question once. A page without it has none. */
export async function fetchRecordedExperiment(preset: string): Promise<void> {
  if (asked.has(preset)) return;
  asked.add(preset);
  const response = await fetch(new URL(`runs/experiments/${preset}.json`, document.baseURI)).catch(() => null);
  if (!response?.ok || !response.headers.get('content-type')?.includes('json')) return;
  const record: ExperimentRecord = await response.json();
  useRecordedExperiments.setState(({ records }) => ({ records: { ...records, [preset]: record } }));
}
