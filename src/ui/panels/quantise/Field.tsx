/** One field of the form: its name, its text, what it means, and the sentence when it does not fit. */
import { useId, useState } from 'react';
import controls from '../../controls/controls.module.css';
import { formatInteger } from '../../format/numbers';
import { setQuantise } from '../../state/quantise-commands';
import type { QuantiseKey } from '../../state/quantise-form';
import styles from './quantise.module.css';
import { useQuantiseForm, useSentences } from './useQuantiseForm';

/** A whole number as text: what is being typed stays as it is, right or wrong; what a person left has its thousands grouped. */
export function Field({
  field,
  label,
  hint,
  suggested,
}: {
  readonly field: QuantiseKey;
  readonly label: string;
  readonly hint?: string;
  /** What holds while nothing is typed: shown, and not carried by the address. */
  readonly suggested?: string;
}) {
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const { texts } = useQuantiseForm();
  const sentences = useSentences(field);
  const value = texts[field] === '' ? (suggested ?? '') : texts[field];
  return (
    <div className={controls.row}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="text"
        inputMode="numeric"
        autoComplete="off"
        spellCheck={false}
        className={styles.number}
        value={typed ?? grouped(value)}
        aria-describedby={`${id}-hint`}
        aria-invalid={sentences.length > 0}
        onChange={({ target }) => {
          setTyped(target.value);
          setQuantise({ [field]: target.value === suggested ? '' : target.value });
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

function grouped(value: string): string {
  return /^\d{1,15}$/.test(value) ? formatInteger(Number(value)) : value;
}
