/** The recorded measurements that come with the page, public/runs/quantise.json: tables and charts have something to show at once. */
import { create } from 'zustand';
import { isSchemeId } from '../../quant/schemes';
import type { RangeRow } from '../../worker/quantise-protocol';
import type { MeasuredScheme, Sensitivity } from './quantise';

export interface RecordedQuantise {
  readonly version: 1;
  readonly made: { readonly date: string; readonly machine: string };
  /** Id of a shipped model. */
  readonly model: string;
  readonly rows: readonly MeasuredScheme[];
  readonly sensitivity: Sensitivity | null;
  readonly ranges: { readonly scheme: Sensitivity['scheme']; readonly rows: readonly RangeRow[] } | null;
}

export const useRecordedQuantise = create<{ readonly recorded: RecordedQuantise | null }>()(() => ({ recorded: null }));

let asked = false;

/** Fetches it once. A page without it, or with one that cannot be read, has none. */
export async function fetchRecordedQuantise(): Promise<void> {
  if (asked) return;
  asked = true;
  useRecordedQuantise.setState({ recorded: await fetchRecord().catch(() => null) });
}

async function fetchRecord(): Promise<RecordedQuantise | null> {
  const response = await fetch(new URL('runs/quantise.json', document.baseURI));
  if (!response.ok) return null;
  const found: unknown = await response.json();
  return isRecord(found) ? found : null;
}

/** The parts that are drawn are there. */
export function isRecord(found: unknown): found is RecordedQuantise {
  const { version, made, model, rows, sensitivity, ranges } = (found ?? {}) as Partial<RecordedQuantise>;
  return (
    version === 1 &&
    typeof made?.date === 'string' &&
    typeof made.machine === 'string' &&
    typeof model === 'string' &&
    Array.isArray(rows) &&
    rows.every(({ scheme, figures }) => (scheme === null || isSchemeId(scheme)) && figures?.bitsPerCharacter) &&
    (sensitivity === null || (isSchemeId(sensitivity?.scheme ?? '') && Array.isArray(sensitivity?.rows))) &&
    (ranges === null || (isSchemeId(ranges?.scheme ?? '') && Array.isArray(ranges?.rows)))
  );
}
