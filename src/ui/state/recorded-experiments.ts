/**
 * The recorded results that come with the page, public/runs/experiments: a question has an answer before anything was run.
 * `manifest.json` lists the presets that have one; the record of each is the file of `lab sweep` under the preset's id.
 */
import { create } from 'zustand';
import type { ExperimentRecord } from '../../lab/experiments/experiment';

interface RecordedExperiments {
  /** By the id of the preset. */
  readonly records: Readonly<Record<string, ExperimentRecord>>;
}

export const useRecordedExperiments = create<RecordedExperiments>()(() => ({ records: {} }));

let list: Promise<readonly string[]> | null = null;
const asked = new Set<string>();

/** Fetches the result of a question once. A page without it has none. */
export async function fetchRecordedExperiment(preset: string): Promise<void> {
  if (asked.has(preset)) return;
  asked.add(preset);
  list ??= fetchJson<{ readonly experiments: readonly string[] }>('manifest.json').then(
    (manifest) => manifest?.experiments ?? [],
  );
  if (!(await list).includes(preset)) return;
  const record = await fetchJson<ExperimentRecord>(`${preset}.json`);
  if (record) useRecordedExperiments.setState(({ records }) => ({ records: { ...records, [preset]: record } }));
}

async function fetchJson<T>(name: string): Promise<T | null> {
  const response = await fetch(new URL(`runs/experiments/${name}`, document.baseURI)).catch(() => null);
  return response?.ok ? response.json() : null;
}
