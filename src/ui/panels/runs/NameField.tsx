/** A name being written: Enter keeps it, Escape leaves it as it was. */
import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import controls from '../../controls/controls.module.css';
import { text } from '../../i18n/catalogue';
import type { RunEntry } from '../../state/runs';
import { renameRun } from '../../state/runs-commands';
import styles from './runs.module.css';

/** What a file of runs bears. */
const longestName = 200;

export function NameField({ entry, onDone }: { readonly entry: RunEntry; onDone(): void }) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [name, setName] = useState(entry.run.name ?? '');
  const words = text.runs.rename;
  useEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, []);
  const save = (event: FormEvent) => {
    event.preventDefault();
    void renameRun(entry, name).then(onDone);
  };
  return (
    <form className={styles.rename} onSubmit={save} onKeyDown={({ key }) => key === 'Escape' && onDone()}>
      <input
        ref={input}
        value={name}
        maxLength={longestName}
        placeholder={entry.name}
        aria-label={words.label(entry.name)}
        aria-describedby={id}
        onChange={({ target }) => setName(target.value)}
      />
      <button type="submit" className={controls.link}>
        {words.save}
      </button>
      <button type="button" className={controls.link} onClick={onDone}>
        {words.cancel}
      </button>
      <small id={id}>{words.hint}</small>
    </form>
  );
}
