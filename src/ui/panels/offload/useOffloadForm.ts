/** The form of the panel as components read it, and what the chosen policy makes of its machine. */
import { useMemo } from 'react';
import { layerMachine } from '../../../offload/layer-machine';
import type { Machine } from '../../../offload/machine';
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
import { type Outcome, outcomeAround, outcomeOf, type Refused } from './outcome';

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
  const shown = reading.kind === 'device' ? shownLayer(reading, layer) : shownMachine(reading);
  lastShown = { reading, layer, shown };
  return shown;
}

function shownMachine({ machine, policy, hardware }: OffloadReading): Shown {
  return { machine, outcome: machine && outcomeOf(machine, policy, hardware), measured: null };
}

/**
 * The layer as it was run; where K or the policy were changed since, what the simulation expects of the machine that was measured.
 */
function shownLayer({ layer: wanted, slots, policy }: OffloadReading, layer: LayerComparisons | null): Shown {
  if (!layer || slots === null || JSON.stringify(wanted) !== JSON.stringify(layer.layer)) {
    return { machine: null, outcome: null, measured: null };
  }
  const machine = layerMachine(layer.measured, layer.counts, { slots, tier: layer.place.tier });
  const row = layer.rows.find((one) => one.policy === policy && (policy === 'resident' || one.machine.slots === slots));
  if (!row) return { machine, outcome: outcomeOf(machine, policy), measured: null };
  // What stands beside the measurement is the simulation that it was held against.
  // The row's own machine has every expert on the device where the policy has; what is compared with it has not.
  const compared = policy === 'resident' ? machine : row.machine;
  return { machine: compared, outcome: outcomeAround(compared, policy, row.simulated), measured: row };
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
