/** A model with experts that writes although the device holds only K of them, beside the same text with all of them. */
import { useEffect, useRef } from 'react';
import { useNear } from '../../charts/useNear';
import controls from '../../controls/controls.module.css';
import { SamplingField } from '../../controls/SamplingField';
import { offloadText } from '../../i18n/offload-text';
import { isPending } from '../../state/engine';
import { useManifest } from '../../state/manifest';
import { useOffload } from '../../state/offload';
import { compareOffload, openOffloadModel, writeOffload } from '../../state/offload-commands';
import { useSettings } from '../../state/settings';
import { LiveModel } from './LiveModel';
import { LiveSetup } from './LiveSetup';
import { LiveText } from './LiveText';
import styles from './offload.module.css';
import { useLiveForm, useOffloadForm } from './useOffloadForm';
import { Working } from './Working';

const words = offloadText.live;

export function Live() {
  const { texts } = useOffloadForm();
  const shipped = useManifest((state) => state.models.some(({ id }) => id === texts.model));
  const file = texts.model.startsWith('file ');
  const section = useRef<HTMLElement>(null);
  // Who came for the simulation needs no worker and no model.
  const near = useNear(section);
  // A model that is not shipped is not asked for: there is an empty state instead of an error.
  useEffect(() => {
    if (near && (shipped || file)) openOffloadModel(texts.model);
  }, [near, shipped, file, texts.model]);
  const open = useOffload((state) => state.model !== null || state.openings.length > 0);
  return (
    <section ref={section} className={controls.card} aria-label={words.heading}>
      <h2>{words.heading}</h2>
      <p className={styles.lead}>{words.lead}</p>
      <LiveModel />
      {open && (
        <>
          <LiveSetup />
          <Write />
          <LiveText />
        </>
      )}
    </section>
  );
}

function Write() {
  const { prompt, set } = useSettings();
  const { setup } = useLiveForm();
  const busy = useOffload((state) => isPending(state.pending, 'writeOffload', 'compareOffload'));
  const ready = useOffload((state) => state.model !== null && state.openings.length === 0);
  return (
    <>
      <textarea
        className={styles.textarea}
        rows={2}
        aria-label={words.prompt}
        value={prompt}
        onChange={({ target }) => set({ prompt: target.value })}
      />
      <div className={styles.sampling}>
        <SamplingField name="temperature" label={words.temperature} step={0.05} />
        <SamplingField name="seed" label={words.seed} step={1} />
        <SamplingField name="length" label={words.length} step={1} />
        <button
          type="button"
          className={controls.primary}
          disabled={!ready || busy || !setup}
          onClick={() => setup && writeOffload(setup)}
        >
          {words.write}
        </button>
        <button
          type="button"
          className={controls.plain}
          disabled={!ready || busy || !setup}
          onClick={() => setup && compareOffload(setup)}
        >
          {words.compare}
        </button>
        <Backend />
      </div>
      <Working request="writeOffload" />
      <Working request="compareOffload" />
    </>
  );
}

function Backend() {
  const backend = useSettings((state) => state.backend);
  return <small>{words.backend(words.backends[backend])}</small>;
}
