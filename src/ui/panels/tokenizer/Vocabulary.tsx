/** Which vocabulary is looked at: a large one, that of a shipped model, or a tokenizer.json of the person's; and what is in it. */
import { type ChangeEvent, useId, useRef } from 'react';
import controls from '../../controls/controls.module.css';
import { tokenizerText } from '../../i18n/tokenizer-text';
import { useManifest } from '../../state/manifest';
import { useTokenizer } from '../../state/tokenizer';
import { chooseVocabulary, takeVocabulary } from '../../state/tokenizer-commands';
import { useVocabularies } from '../../state/vocabularies';
import styles from './tokenizer.module.css';
import { useTokenizerForm } from './useTokenizerForm';

const words = tokenizerText.vocabulary;

export function Vocabulary() {
  const id = useId();
  const { failed } = useVocabularies();
  const opened = useTokenizer((state) => state.opened);
  const opening = useTokenizer((state) => state.openings.at(-1) ?? null);
  const { texts } = useTokenizerForm();
  const current = opening ?? opened;
  const gone = current === null && texts.vocabulary.startsWith('file ');
  return (
    <fieldset className={controls.group}>
      <legend>{words.legend}</legend>
      {failed && (
        <small>
          {words.failed} <code className={styles.code}>{words.command}</code>
        </small>
      )}
      <div className={styles.method}>
        <select
          className={styles.wide}
          aria-label={words.legend}
          aria-describedby={`${id}-note`}
          value={current ?? ''}
          onChange={({ target }) => chooseVocabulary(target.value)}
        >
          {current === null && (
            <option value="" disabled>
              {words.closed}
            </option>
          )}
          <Options current={current} />
        </select>
        <small>
          <span id={`${id}-note`}>{noteOf(current)}</span> <OwnVocabulary />
        </small>
      </div>
      {gone && <small className={styles.wrong}>{words.gone(texts.vocabulary.slice('file '.length))}</small>}
      <Facts opening={opening !== null} />
    </fieldset>
  );
}

function Options({ current }: { readonly current: string | null }) {
  const { entries } = useVocabularies();
  const models = useManifest((state) => state.models);
  return (
    <>
      <optgroup label={words.groups.large}>
        {entries.map(({ id, title, size }) => (
          <option key={id} value={id}>
            {words.entry(title, size)}
          </option>
        ))}
      </optgroup>
      <optgroup label={words.groups.shipped}>
        {models.map(({ id, name }) => (
          <option key={id} value={`model.${id}`}>
            {name}
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

function noteOf(current: string | null): string {
  if (current === null) return '';
  if (current.startsWith('model.')) return words.shipped;
  return current.startsWith('file ') ? words.own : (words.notes[current] ?? '');
}

function OwnVocabulary() {
  const input = useRef<HTMLInputElement>(null);
  const take = (event: ChangeEvent<HTMLInputElement>) => {
    const [file] = event.target.files ?? [];
    // The same file may be chosen again after it was mended.
    event.target.value = '';
    if (file) takeVocabulary(file);
  };
  return (
    <>
      <button type="button" className={controls.link} title={words.chooseHint} onClick={() => input.current?.click()}>
        {words.choose}
      </button>
      <input ref={input} type="file" hidden accept=".json" aria-label={words.choose} onChange={take} />
    </>
  );
}

function Facts({ opening }: { readonly opening: boolean }) {
  const tokenizer = useTokenizer((state) => state.tokenizer);
  if (opening || !tokenizer) return <p className={styles.contents}>{opening && words.opening}</p>;
  const { size, pieces, alwaysKept, dead, loadMilliseconds, origin } = tokenizer;
  return (
    <section aria-label={words.facts} className={styles.contents}>
      <p>{words.contents(size, pieces.zh, alwaysKept, dead)}</p>
      <details className={styles.about}>
        <summary>{words.about}</summary>
        {words.opened(loadMilliseconds)} {words.deadHint} {origin === null ? words.originOwn : words.origin(origin)}
      </details>
    </section>
  );
}
