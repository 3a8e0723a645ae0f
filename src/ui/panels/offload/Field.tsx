/** One field of the form: its name, its text, what it means, and the sentence when it does not fit. */
import { useId, useState } from 'react';
import controls from '../../controls/controls.module.css';
import { setOffload } from '../../state/offload-commands';
import type { OffloadKey } from '../../state/offload-form';
import styles from './offload.module.css';
import { useOffloadForm, useSentences } from './useOffloadForm';

/** A number as text: what is typed stays as it is, right or wrong. */
export function Field({
  field,
  label,
  hint,
  suggested,
  onText = (text) => setOffload({ [field]: text }),
}: {
  readonly field: OffloadKey;
  readonly label: string;
  readonly hint?: string;
  /** What holds while nothing is typed: shown, and not carried by the address. */
  readonly suggested?: string;
  onText?(text: string): void;
}) {
  const id = useId();
  // While it is typed into, a field may be empty; what is left empty shows what holds.
  const [typed, setTyped] = useState<string | null>(null);
  const { texts } = useOffloadForm();
  const sentences = useSentences(field);
  return (
    <div className={controls.row}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="text"
        inputMode="decimal"
        autoComplete="off"
        spellCheck={false}
        className={styles.number}
        value={typed ?? (texts[field] === '' ? (suggested ?? '') : texts[field])}
        aria-describedby={`${id}-hint`}
        aria-invalid={sentences.length > 0}
        onChange={({ target }) => {
          setTyped(target.value);
          onText(target.value === suggested ? '' : target.value);
        }}
        onBlur={() => setTyped(null)}
      />
      <small id={`${id}-hint`}>
        {sentences.length > 0 && <span className={styles.wrong}>{sentences.join(' ')} </span>}
        {hint}
      </small>
    </div>
  );
}
