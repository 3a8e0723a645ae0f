/** The recorded measurements that come with the page, public/runs/offload.json: the panel has something measured to show at once. */
import { create } from 'zustand';
import { offloadPolicyIds } from '../../offload/any-policy';
import type { LayerComparisons } from '../../worker/offload-protocol';
import type { WrittenRow } from './offload';

export interface RecordedOffload {
  readonly version: 1;
  readonly made: { readonly date: string; readonly machine: string };
  readonly layer: Pick<LayerComparisons, 'place' | 'layer'> & {
    readonly rows: readonly Pick<LayerComparisons['rows'][number], 'policy' | 'makespans' | 'error'>[];
  };
  readonly rows: readonly WrittenRow[];
}

export const useRecordedOffload = create<{ readonly recorded: RecordedOffload | null }>()(() => ({ recorded: null }));

let asked = false;

/** Fetches it once. A page without it, or with one that cannot be read, has none. */
export async function fetchRecordedOffload(): Promise<void> {
  if (asked) return;
  asked = true;
  useRecordedOffload.setState({ recorded: await fetchRecord().catch(() => null) });
}

async function fetchRecord(): Promise<RecordedOffload | null> {
  const response = await fetch(new URL('runs/offload.json', document.baseURI));
  if (!response.ok) return null;
  const found: unknown = await response.json();
  return isRecordedOffload(found) ? found : null;
}

/** The parts that are shown are there. */
export function isRecordedOffload(found: unknown): found is RecordedOffload {
  const { version, made, layer, rows } = (found ?? {}) as Partial<RecordedOffload>;
  const known = (policy: unknown) => offloadPolicyIds.some((id) => id === policy);
  return (
    version === 1 &&
    typeof made?.date === 'string' &&
    typeof made.machine === 'string' &&
    typeof layer?.place?.adapter === 'string' &&
    typeof layer.layer?.experts === 'number' &&
    Array.isArray(layer.rows) &&
    layer.rows.every(
      ({ policy, makespans, error }) => known(policy) && makespans.length > 0 && Number.isFinite(error),
    ) &&
    Array.isArray(rows) &&
    rows.every(({ policy, tokensPerSecond }) => known(policy) && tokensPerSecond > 0)
  );
}
