/**
 * The recorded results that come with the page, public/runs/experiments: a question has an answer before anything was run. Each is
 * the file of `lab sweep` under the id of its preset.
 */
import { create } from 'zustand';
import type { ExperimentRecord } from '../../lab/experiments/experiment';

interface RecordedExperiments {
  /** By the id of the preset. */
  readonly records: Readonly<Record<string, ExperimentRecord>>;
  /** Presets of which it is known whether there is one. */
  readonly known: readonly string[];
}

export const useRecordedExperiments = create<RecordedExperiments>()(() => ({ records: {}, known: [] }));

const asked = new Set<string>();

/** Fetches the result of a question once. A page without it has none. */
export async function fetchRecordedExperiment(preset: string): Promise<void> {
  if (asked.has(preset)) return;
  asked.add(preset);
  const record = await fetchRecord(preset).catch(() => null);
  useRecordedExperiments.setState(({ records, known }) => ({
    records: record ? { ...records, [preset]: record } : records,
    known: [...known, preset],
  }));
}

async function fetchRecord(preset: string): Promise<ExperimentRecord | null> {
  const response = await fetch(new URL(`runs/experiments/${preset}.json`, document.baseURI));
  return response.ok ? response.json() : null;
}
