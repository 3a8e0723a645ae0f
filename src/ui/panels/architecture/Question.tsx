/** What is asked: a question of the papers, or one of the person's own; and which kind of experiment answers it. */
import { useId } from 'react';
import controls from '../../controls/controls.module.css';
import { Segmented } from '../../controls/Segmented';
import { architectureText } from '../../i18n/architecture-text';
import { experimentKinds } from '../../state/experiment-form';
import { choosePreset } from '../../state/experiments-commands';
import styles from './architecture.module.css';
import { presetWords } from './preset-words';
import { presetList } from './presets';
import { useExperimentForm } from './useExperiment';

export function Question() {
  const id = useId();
  const { preset, texts, edited, set } = useExperimentForm();
  const words = architectureText.question;
  const kind = experimentKinds.find((known) => known === texts.kind) ?? 'sweep';
  return (
    <fieldset className={controls.group}>
      <legend>{words.legend}</legend>
      <label className={styles.spoken} htmlFor={id}>
        {words.label}
      </label>
      <select
        id={id}
        className={styles.wide}
        value={preset?.id ?? ''}
        onChange={({ target }) => choosePreset(target.value === '' ? null : target.value)}
      >
        {presetList.length > 0 && (
          <optgroup label={words.presets}>
            {presetList.map((entry) => (
              <option key={entry.id} value={entry.id}>
                {presetWords(entry.id)?.title ?? entry.id}
              </option>
            ))}
          </optgroup>
        )}
        <option value="">{words.own}</option>
      </select>
      {preset && (
        <small>
          <b className={styles.title}>{presetWords(preset.id)?.title}</b>
          {presetWords(preset.id)?.why}{' '}
          {edited && (
            <button type="button" className={controls.link} onClick={() => choosePreset(preset.id)}>
              {words.reset}
            </button>
          )}
        </small>
      )}
      <Segmented
        label={words.kind}
        choices={experimentKinds}
        value={kind}
        name={(choice) => words.kinds[choice]}
        onChange={(choice) => set({ kind: choice })}
      />
      <small>{words.kindHints[kind]}</small>
    </fieldset>
  );
}
