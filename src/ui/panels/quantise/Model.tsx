/** Which model is quantised, shipped or a person's own, and what is in it. */
import { useId } from 'react';
import controls from '../../controls/controls.module.css';
import { ModelChooser } from '../../controls/ModelChooser';
import { quantiseText } from '../../i18n/quantise-text';
import { useManifest } from '../../state/manifest';
import { useQuantise } from '../../state/quantise';
import { chooseModel, takeModel } from '../../state/quantise-commands';
import styles from './quantise.module.css';
import { useQuantiseForm } from './useQuantiseForm';

const words = quantiseText.model;

export function Model() {
  const id = useId();
  const failed = useManifest((state) => state.failed);
  const opened = useQuantise((state) => state.opened);
  const opening = useQuantise((state) => state.openings.at(-1) ?? null);
  const { texts } = useQuantiseForm();
  const current = opening ?? opened;
  const gone = current === null && texts.model.startsWith('file ');
  return (
    <fieldset className={controls.group}>
      <legend>{words.legend}</legend>
      {failed && <small className={styles.wrong}>{words.failed}</small>}
      <div className={styles.choice}>
        <select
          className={styles.wide}
          aria-label={words.legend}
          aria-describedby={`${id}-own`}
          value={current ?? ''}
          onChange={({ target }) => chooseModel(target.value)}
        >
          {current === null && (
            <option value="" disabled>
              {words.closed}
            </option>
          )}
          <Options current={current} />
        </select>
        <small id={`${id}-own`}>
          <ModelChooser hint={words.chooseHint} label={words.choose} onFiles={(files) => takeModel(files, words.own)}>
            {words.choose}
          </ModelChooser>
        </small>
      </div>
      {gone && <small className={styles.wrong}>{words.gone(texts.model.slice('file '.length))}</small>}
      <Facts opening={opening !== null} />
    </fieldset>
  );
}

function Options({ current }: { readonly current: string | null }) {
  const models = useManifest((state) => state.models);
  return (
    <>
      <optgroup label={words.groups.shipped}>
        {models.map(({ id, name, parameters }) => (
          <option key={id} value={id}>
            {words.entry(name, parameters)}
          </option>
        ))}
      </optgroup>
      {current?.startsWith('file ') && (
        <optgroup label={words.groups.own}>
          <option value={current}>{current.slice('file '.length)}</option>
        </optgroup>
      )}
    </>
  );
}

function Facts({ opening }: { readonly opening: boolean }) {
  const model = useQuantise((state) => state.model);
  if (opening || !model) return <p className={styles.contents}>{opening && words.opening}</p>;
  const { parameters, matrices, bytes, loadMilliseconds } = model;
  const reach = matrices.reduce((sum, matrix) => sum + matrix.reach, 0) / Math.max(1, matrices.length);
  return (
    <section aria-label={words.facts} className={styles.contents}>
      <p>{words.contents(parameters, matrices.length, bytes)}</p>
      <p>{words.reach(reach)}</p>
      <details className={styles.about}>
        <summary>{words.about}</summary>
        {words.opened(loadMilliseconds)} {words.reachHint}
      </details>
    </section>
  );
}
