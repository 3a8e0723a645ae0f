/** A recipe to start from, with the reason for each of its values, and the size of the model. */
import { useId } from 'react';
import controls from '../../controls/controls.module.css';
import { text } from '../../i18n/catalogue';
import { type FormKey, formTexts } from '../../state/recipe-form';
import { useSettings } from '../../state/settings';
import { replaceForm, setFields } from '../../state/training-commands';
import { presetOf, presets, sizeOf, sizes } from './presets';
import styles from './train.module.css';

export function Presets() {
  const id = useId();
  const changes = useSettings((state) => state.recipe);
  const words = text.train.presets;
  const preset = presetOf(changes);
  const choose = (chosen: string) => {
    const found = presets.find((entry) => entry.id === chosen);
    if (found) replaceForm(found.values);
  };
  return (
    <fieldset className={controls.group}>
      <legend>{words.legend}</legend>
      <label className={styles.spoken} htmlFor={id}>
        {words.label}
      </label>
      <select id={id} className={styles.wide} value={preset?.id ?? ''} onChange={({ target }) => choose(target.value)}>
        {preset === null && <option value="">{words.own}</option>}
        {(['good', 'bad'] as const).map((kind) => (
          <optgroup key={kind} label={words[kind]}>
            {presets
              .filter((entry) => entry.kind === kind)
              .map((entry) => (
                <option key={entry.id} value={entry.id}>
                  {words.words[entry.id].name}
                </option>
              ))}
          </optgroup>
        ))}
      </select>
      {preset && (
        <div className={styles.reasons}>
          <p>{words.words[preset.id].summary}</p>
          <details>
            <summary>{words.why}</summary>
            <dl>
              {Object.entries(words.words[preset.id].reasons).map(([key, reason]) => (
                <div key={key}>
                  <dt>
                    {nameOf(key)} <b>{shownValue(key, formTexts(preset.values)[key as FormKey])}</b>
                  </dt>
                  <dd>{reason}</dd>
                </div>
              ))}
            </dl>
          </details>
        </div>
      )}
    </fieldset>
  );
}

export function SizePicker() {
  const id = useId();
  const changes = useSettings((state) => state.recipe);
  const words = text.train.size;
  const size = sizeOf(changes);
  const choose = (chosen: string) => {
    const found = sizes.find((entry) => entry.id === chosen);
    if (found) setFields(found.values);
  };
  return (
    <div className={controls.row}>
      <label htmlFor={id}>{words.label}</label>
      <select
        id={id}
        value={size?.id ?? ''}
        onChange={({ target }) => choose(target.value)}
        aria-describedby={`${id}-hint`}
      >
        {size === null && <option value="">{words.own}</option>}
        {sizes.map((entry) => (
          <option key={entry.id} value={entry.id}>
            {entry.name}
          </option>
        ))}
      </select>
      <small id={`${id}-hint`}>{words.hint}</small>
    </div>
  );
}

const dataNames: Readonly<Record<string, string>> = {
  vocabulary: text.train.vocabulary.label,
  'vocabulary.size': text.train.vocabulary.size,
  'vocabulary.method': text.train.vocabulary.method,
  corpus: text.train.corpus.legend,
  'corpus.zhShare': text.train.corpus.zhShare,
};

function nameOf(key: string): string {
  return dataNames[key] ?? text.train.fields[key as keyof typeof text.train.fields] ?? key;
}

function shownValue(key: string, value: string): string {
  if (key === 'vocabulary') return text.train.vocabulary.kinds[value as 'bpe'] ?? value;
  if (key === 'corpus.zhShare') return text.train.corpus.zhShareValue(Number(value));
  return text.train.choices[value] ?? value;
}
