/** One field of the form: its name, its text, what it means, and the sentence when it does not fit. */
import { useId, useState } from 'react';
import controls from '../../controls/controls.module.css';
import { formatInteger } from '../../format/numbers';
import { setTokenizer } from '../../state/tokenizer-commands';
import type { TokenizerKey } from '../../state/tokenizer-form';
import styles from './tokenizer.module.css';
import { useSentences, useTokenizerForm } from './useTokenizerForm';

export function Field({
  field,
  label,
  hint,
  placeholder,
}: {
  readonly field: TokenizerKey;
  readonly label: string;
  readonly hint?: string;
  readonly placeholder?: string;
}) {
  const id = useId();
  const { texts } = useTokenizerForm();
  return (
    <div className={controls.row}>
      <label htmlFor={id}>{label}</label>
      <NumberText id={id} field={field} value={texts[field]} placeholder={placeholder} />
      <Hint id={`${id}-hint`} field={field} hint={hint} />
    </div>
  );
}

/** A number as text: what is being typed stays as it is, right or wrong; what a person left has its thousands grouped. */
export function NumberText({
  id,
  field,
  value,
  placeholder,
  label,
}: {
  readonly id: string;
  readonly field: TokenizerKey;
  readonly value: string;
  readonly placeholder?: string | undefined;
  /** Where no element in sight names it. */
  readonly label?: string;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const wrong = useSentences(field).length > 0;
  return (
    <input
      id={id}
      type="text"
      inputMode="numeric"
      autoComplete="off"
      spellCheck={false}
      className={styles.number}
      value={typed ?? grouped(value)}
      placeholder={placeholder}
      aria-label={label}
      aria-describedby={`${id}-hint`}
      aria-invalid={wrong}
      onChange={({ target }) => {
        setTyped(target.value);
        setTokenizer({ [field]: target.value });
      }}
      onBlur={() => setTyped(null)}
    />
  );
}

function grouped(value: string): string {
  return /^\d{1,15}$/.test(value) ? formatInteger(Number(value)) : value;
}

export function Hint({
  id,
  field,
  hint,
}: {
  readonly id: string;
  readonly field: TokenizerKey;
  readonly hint: string | undefined;
}) {
  const sentences = useSentences(field);
  return (
    <small id={id}>
      {sentences.length > 0 && <span className={styles.wrong}>{sentences.join(' ')} </span>}
      {hint}
    </small>
  );
}
