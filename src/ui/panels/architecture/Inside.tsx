/** What happens to a text from layer to layer of a finished model, as it is and with PanGu-π's parts switched off. */
import { useId, useState } from 'react';
import type { ModelSource } from '../../../worker/protocol';
import appStyles from '../../app/App.module.css';
import controls from '../../controls/controls.module.css';
import { architectureText } from '../../i18n/architecture-text';
import { chosenSource, isPending, useEngine } from '../../state/engine';
import { type InsideQuestion, useExperiments } from '../../state/experiments';
import { lookInside } from '../../state/experiments-commands';
import { useManifest } from '../../state/manifest';
import styles from './architecture.module.css';
import { InsideCharts } from './InsideCharts';
import { InsidePlane } from './InsidePlane';

const words = architectureText.inside;
const choices = ['both', 'series', 'shortcut', 'nothing'] as const satisfies readonly InsideQuestion['without'][];

/** Tokens of the text that are read at most. */
const mostTokens = 192;

export function Inside() {
  const models = useManifest((state) => state.models);
  const loaded = useEngine(chosenSource);
  const busy = useExperiments((state) => isPending(state.pending, 'lookInside'));
  const [model, setModel] = useState('');
  const [sample, setSample] = useState<string>(words.sample);
  const [without, setWithout] = useState<InsideQuestion['without']>('both');
  const id = useId();
  const own = loaded?.kind === 'files' ? loaded : null;
  const source = sourceOf(model, own) ?? (models[0] ? { kind: 'shipped' as const, id: models[0].id } : null);
  const enough = sample.trim().length >= 20;
  return (
    <section className={controls.card} aria-label={words.heading}>
      <h2>{words.heading}</h2>
      <p className={appStyles.source}>{words.lead}</p>
      <div className={styles.ask}>
        <label htmlFor={`${id}-model`}>{words.model}</label>
        <select id={`${id}-model`} value={model} onChange={({ target }) => setModel(target.value)}>
          {own && <option value={ownModel}>{words.loaded(own.name)}</option>}
          {models.map((entry, place) => (
            <option key={entry.id} value={place === 0 && !own ? '' : entry.id}>
              {entry.name}
            </option>
          ))}
        </select>
        <label htmlFor={`${id}-parts`}>{words.parts}</label>
        <select
          id={`${id}-parts`}
          value={without}
          aria-describedby={`${id}-hint`}
          onChange={({ target }) => setWithout(target.value as InsideQuestion['without'])}
        >
          {choices.map((choice) => (
            <option key={choice} value={choice}>
              {words.choices[choice]}
            </option>
          ))}
        </select>
        <label htmlFor={`${id}-text`} className={styles.textLabel}>
          {words.text}
        </label>
        <textarea id={`${id}-text`} rows={3} value={sample} onChange={({ target }) => setSample(target.value)} />
        <small id={`${id}-hint`}>{without === 'nothing' ? '' : words.partsHint}</small>
        <button
          type="button"
          className={controls.plain}
          disabled={busy || source === null || !enough}
          onClick={() => source && lookInside({ model: source, text: sample, without }, mostTokens)}
        >
          {busy ? words.looking : words.look}
        </button>
        {!enough && <small className={styles.wrong}>{words.empty}</small>}
      </div>
      <InsideCharts />
      <InsidePlane />
    </section>
  );
}

/** The value of the list that stands for the files loaded in Generate. */
const ownModel = 'own';

function sourceOf(chosen: string, own: ModelSource | null): ModelSource | null {
  if (own && (chosen === ownModel || chosen === '')) return own;
  return chosen === '' || chosen === ownModel ? null : { kind: 'shipped', id: chosen };
}
