/** The recorded pruning that comes with the page, public/runs/tokenizer.json: the charts have something to show before anything is counted. */
import { create } from 'zustand';
import type { CountReport, CoveragePoint } from '../../worker/tokenizer-protocol';

export interface RecordedTokenizer {
  readonly version: 1;
  readonly made: { readonly date: string; readonly command: string; readonly machine: string };
  /** One of public/tokenizers. */
  readonly tokenizer: { readonly id: string; readonly size: number };
  readonly count: CountReport;
  readonly points: readonly CoveragePoint[];
}

interface RecordedState {
  readonly recorded: RecordedTokenizer | null;
  /** Whether it is known if there is one. */
  readonly known: boolean;
}

export const useRecordedTokenizer = create<RecordedState>()(() => ({ recorded: null, known: false }));

let asked = false;

/** Fetches it once. A page without it, or with one that cannot be read, has none. */
export async function fetchRecordedTokenizer(): Promise<void> {
  if (asked) return;
  asked = true;
  const recorded = await fetchRecord().catch(() => null);
  useRecordedTokenizer.setState({ recorded, known: true });
}

async function fetchRecord(): Promise<RecordedTokenizer | null> {
  const response = await fetch(new URL('runs/tokenizer.json', document.baseURI));
  if (!response.ok) return null;
  const found: unknown = await response.json();
  return isRecord(found) ? found : null;
}

/** The parts that are drawn are there. */
export function isRecord(found: unknown): found is RecordedTokenizer {
  const { version, made, tokenizer, count, points } = (found ?? {}) as Partial<RecordedTokenizer>;
  return (
    version === 1 &&
    typeof made?.date === 'string' &&
    typeof made.machine === 'string' &&
    typeof tokenizer?.id === 'string' &&
    Number.isInteger(tokenizer.size) &&
    typeof count?.name === 'string' &&
    Array.isArray(count.nominal) &&
    count.nominal.every(({ keep, all }) => Number.isFinite(keep) && Number.isFinite(all)) &&
    Array.isArray(points) &&
    points.every(({ frequency, closed }) => [frequency, closed].every((report) => Number.isFinite(report?.kept)))
  );
}
