/** GPU, CPU or the faster one, and how many threads the CPU may take: the same two controls wherever something runs. */
import { useId } from 'react';
import type { Work } from '../../worker/protocol';
import controls from '../controls/controls.module.css';
import { Segmented } from '../controls/Segmented';
import { text } from '../i18n/catalogue';
import { chooseBackend, chooseThreads } from '../state/backend-commands';
import { isPending, useEngine } from '../state/engine';
import { cpuReason, whyItRuns } from '../state/runner';
import { useSettings } from '../state/settings';
import { useThreads } from '../state/threads';
import { isLive, useTraining } from '../state/training';
import styles from './BackendControls.module.css';

export function BackendControls({ work }: { readonly work: Work }) {
  const backend = useSettings((state) => state.backend);
  const words = text.backend.controls;
  return (
    <>
      <div className={controls.row}>
        <span>{words.backend}</span>
        <Segmented
          label={words.backend}
          choices={['auto', 'gpu', 'cpu'] as const}
          value={backend}
          name={(choice) => words.name[choice]}
          onChange={chooseBackend}
        />
        <small className={styles.now}>{work === 'decode' ? <ModelHint /> : <RunHint />}</small>
      </div>
      <Threads />
    </>
  );
}

function ModelHint() {
  const device = useEngine((state) => state.device);
  const loading = useEngine((state) => isPending(state.pending, 'open', 'load'));
  if (!device) return text.badge.opening;
  return loading ? text.backend.controls.loading : whyItRuns(device, 'decode');
}

/** Before the first run of this visit nothing is known of what will run it. */
function RunHint() {
  const device = useTraining((state) => state.device);
  const live = useTraining((state) => isLive(state.shown));
  return [live && text.backend.controls.live, device ? whyItRuns(device, 'train') : text.backend.why.untimed.train]
    .filter(Boolean)
    .join(' ');
}

function Threads() {
  const id = useId();
  const threads = useThreads((state) => state.threads);
  const cpu = useEngine((state) => state.device?.cpu ?? null);
  const words = text.backend.controls;
  const one = cpu !== null && (cpu.reason === 'noSimd' || cpu.reason === 'notIsolated');
  const cores = cpu?.cores ?? navigator.hardwareConcurrency;
  const counts = Array.from({ length: cores }, (_, index) => index + 1);
  const reason = cpu && cpuReason(cpu);
  return (
    <div className={controls.row}>
      <label htmlFor={id}>{words.threads}</label>
      <select
        id={id}
        aria-describedby={`${id}-hint`}
        disabled={one}
        value={one ? 1 : (threads ?? '')}
        onChange={({ target: { value } }) => chooseThreads(value === '' ? null : Number(value))}
      >
        <option value="">{words.asSuits}</option>
        {counts.map((count) => (
          <option key={count} value={count}>
            {count}
          </option>
        ))}
      </select>
      <small id={`${id}-hint`}>{reason ?? words.threadsHint(cores)}</small>
    </div>
  );
}
