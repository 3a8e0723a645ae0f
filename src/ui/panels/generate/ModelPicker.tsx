/** The shipped models with what they are and what they were trained on, and the way to a person's own. */
import { useState } from 'react';
import controls from '../../controls/controls.module.css';
import { ModelChooser } from '../../controls/ModelChooser';
import { text } from '../../i18n/catalogue';
import { loadFiles, loadShipped } from '../../state/commands';
import { chosenSource, useEngine } from '../../state/engine';
import { type ShippedModel, useManifest } from '../../state/manifest';
import styles from './generate.module.css';
import { ModelCard } from './ModelCard';

export function ModelPicker() {
  const { models, failed } = useManifest();
  const source = useEngine(chosenSource);
  const model = useEngine((state) => state.model);
  const [card, setCard] = useState<ShippedModel | null>(null);
  const chosen = source?.kind === 'shipped' ? models.find(({ id }) => id === source.id) : undefined;
  const words = text.generate.model;
  return (
    <fieldset className={controls.group}>
      <legend>{words.legend}</legend>
      <div className={styles.models}>
        {failed && <p className={controls.quiet}>{words.failed}</p>}
        {models.map((entry) => (
          <label key={entry.id} className={styles.model}>
            <input
              type="radio"
              name="model"
              checked={source?.kind === 'shipped' && source.id === entry.id}
              onChange={() => loadShipped(entry.id)}
            />
            <b>{entry.name}</b>
            <span className={styles.numbers}>{words.summary(entry.parameters, entry.bytes)}</span>
            <small>{entry.trainedOn.en}</small>
          </label>
        ))}
        {source?.kind === 'files' && (
          <label className={styles.model}>
            <input type="radio" name="model" checked readOnly />
            <b>{source.name}</b>
            <span className={styles.numbers}>
              {model?.id === source.name && words.ownSummary(model.parameters, model.memory.weights)}
            </span>
            <small>{words.own}</small>
          </label>
        )}
      </div>
      {chosen?.heldOut && (
        <small className={styles.heldOut}>{words.heldOut(chosen.heldOut.bitsPerCharacter, chosen.heldOut.floor)}</small>
      )}
      {model && model.notes.length > 0 && <small className={styles.heldOut}>{model.notes.join(' ')}</small>}
      <div className={styles.modelLinks}>
        {chosen && (
          <button type="button" className={controls.link} onClick={() => setCard(chosen)}>
            {words.card}
          </button>
        )}
        <ModelChooser hint={text.generate.model.ownHint} label={text.generate.model.choose} onFiles={loadFiles}>
          {text.generate.model.own}
        </ModelChooser>
      </div>
      {card && <ModelCard model={card} onClose={() => setCard(null)} />}
    </fieldset>
  );
}
