/** The form of the panel as components read it, and what the chosen policy makes of its machine. */
import { useMemo } from 'react';
import type { Machine } from '../../../offload/machine';
import { computeTimeOf } from '../../../offload/measured-machine';
import type { LayerComparison, LayerComparisons } from '../../../worker/offload-protocol';
import { sampling } from '../../state/commands';
import { useOffload } from '../../state/offload';
import {
  type LiveReading,
  type OffloadKey,
  type OffloadReading,
  readLive,
  readOffloadForm,
} from '../../state/offload-form';
import { useSettings } from '../../state/settings';
import { type Outcome, outcomeOf, type Refused } from './outcome';

/** Every field asks for the same reading: it is made once. */
let last: { readonly changes: object; readonly reading: OffloadReading } | null = null;

export function useOffloadForm(): OffloadReading {
  const changes = useSettings((state) => state.offload);
  if (last?.changes === changes) return last.reading;
  const reading = readOffloadForm(changes);
  last = { changes, reading };
  return reading;
}

export function useLiveForm(): LiveReading {
  const changes = useSettings((state) => state.offload);
  const model = useOffload((state) => state.model);
  return useMemo(() => readLive(changes, model), [changes, model]);
}

/** The sentences about a field. */
export function useSentences(key: OffloadKey): readonly string[] {
  const { problems } = useOffloadForm();
  const live = useLiveForm().problems;
  return [...problems, ...live].filter((problem) => problem.key === key).map(({ sentence }) => sentence);
}

export interface Shown {
  /** Null where fields are wrong, or this device is not measured yet. */
  readonly machine: Machine | null;
  readonly outcome: Outcome | Refused | null;
  /** What was measured for this very machine and policy. */
  readonly measured: LayerComparison | null;
}

let lastShown: {
  readonly reading: OffloadReading;
  readonly layer: LayerComparisons | null;
  readonly shown: Shown;
} | null = null;

/** The schedule on the page: of the form's machine, or of this device as it was measured last. */
export function useShown(): Shown {
  const reading = useOffloadForm();
  const layer = useOffload((state) => state.layer);
  if (lastShown?.reading === reading && lastShown.layer === layer) return lastShown.shown;
  const machine = reading.kind === 'device' ? measuredMachine(reading, layer) : reading.machine;
  const shown = {
    machine,
    outcome: machine && outcomeOf(machine, reading.policy, reading.hardware),
    measured: machine && reading.kind === 'device' ? measuredRow(reading, layer) : null,
  };
  lastShown = { reading, layer, shown };
  return shown;
}

/** α, β and overlap as measured, for the routing that was run: K and the policy may have been changed since. */
function measuredMachine({ layer: wanted, slots }: OffloadReading, layer: LayerComparisons | null): Machine | null {
  if (!layer || slots === null || JSON.stringify(wanted) !== JSON.stringify(layer.layer)) return null;
  const { measured, counts } = layer;
  return {
    computeTimes: counts.map((rows) => computeTimeOf(measured, rows)),
    loadTime: measured.loadTime,
    overlap: measured.overlap,
    slots,
    rule: 'strict',
    ...(layer.rows[0]?.machine.tiers && { tiers: layer.rows[0].machine.tiers }),
  };
}

function measuredRow({ policy, slots }: OffloadReading, layer: LayerComparisons | null): LayerComparison | null {
  const row = layer?.rows.find((one) => one.policy === policy) ?? null;
  return row && (policy === 'resident' || row.machine.slots === slots) ? row : null;
}

/** Whether the form asks for something else than what was written. */
export function useIsOther(): boolean {
  const { setup } = useLiveForm();
  const { prompt, length, backend } = useSettings();
  const of = useOffload((state) => state.text?.of ?? null);
  if (!of || !setup) return false;
  const wanted = { setup: { ...setup, backend }, prompt, settings: sampling(), length };
  const { setup: written, prompt: writtenPrompt, settings, length: writtenLength } = of;
  return (
    JSON.stringify(wanted) !==
    JSON.stringify({ setup: written, prompt: writtenPrompt, settings, length: writtenLength })
  );
}
