/** How text becomes tokens: pieces learned here, a shipped tokenizer, characters or bytes. */
import { useId } from 'react';
import controls from '../../controls/controls.module.css';
import { Slider } from '../../controls/Slider';
import { formatInteger } from '../../format/numbers';
import { text } from '../../i18n/catalogue';
import { useManifest } from '../../state/manifest';
import { vocabularyKinds } from '../../state/recipe-form';
import { setField } from '../../state/training-commands';
import styles from './train.module.css';
import { sentencesFor, useForm } from './useForm';

export function Vocabulary() {
  const id = useId();
  const form = useForm();
  const { texts } = form;
  const models = useManifest((state) => state.models);
  const words = text.train.vocabulary;
  const kind = vocabularyKinds.find((entry) => entry === texts.vocabulary) ?? 'bpe';
  const sentences = sentencesFor(form, 'vocabulary');
  return (
    <div className={styles.choice} data-field="vocabulary" tabIndex={-1}>
      <div className={controls.row}>
        <label htmlFor={id}>{words.label}</label>
        <select
          id={id}
          value={texts.vocabulary}
          aria-describedby={`${id}-hint`}
          onChange={({ target }) => setField('vocabulary', target.value)}
        >
          {vocabularyKinds.map((choice) => (
            <option key={choice} value={choice}>
              {words.kinds[choice]}
            </option>
          ))}
        </select>
        <small id={`${id}-hint`}>{words.hints[kind]}</small>
      </div>
      {kind === 'bpe' && <Pieces size={Number(texts['vocabulary.size'])} />}
      {kind === 'shipped' && (
        <div className={controls.row}>
          <label htmlFor={`${id}-model`}>{words.model}</label>
          <select
            id={`${id}-model`}
            value={texts['vocabulary.shipped']}
            onChange={({ target }) => setField('vocabulary.shipped', target.value)}
          >
            {(models.length > 0
              ? models
              : [{ id: texts['vocabulary.shipped'], name: texts['vocabulary.shipped'] }]
            ).map((model) => (
              <option key={model.id} value={model.id}>
                {model.name}
              </option>
            ))}
          </select>
        </div>
      )}
      {sentences.length > 0 && <small className={styles.wrong}>{sentences.join(' ')}</small>}
    </div>
  );
}

/** Steps of the slider: 256, 512, 768 … 8,192. */
const step = 256;

function Pieces({ size }: { readonly size: number }) {
  const words = text.train.vocabulary;
  return (
    <Slider
      label={words.size}
      hint={words.sizeHint}
      value={Number.isFinite(size) ? size : step}
      shown={formatInteger(size)}
      minimum={step}
      maximum={8192}
      step={step}
      onChange={(value) => setField('vocabulary.size', String(value))}
    />
  );
}
