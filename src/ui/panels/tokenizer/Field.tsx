/** One field of the form: its name, its text, what it means, and the sentence when it does not fit. */
import { useId } from 'react';
import controls from '../../controls/controls.module.css';
import { NumberText } from '../../controls/NumberText';
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
      <FieldText id={id} field={field} value={texts[field]} placeholder={placeholder} />
      <Hint id={`${id}-hint`} field={field} hint={hint} />
    </div>
  );
}

/** The text of one field, without its name. */
export function FieldText({
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
  readonly label?: string;
}) {
  const wrong = useSentences(field).length > 0;
  const onText = (typed: string) => setTokenizer({ [field]: typed });
  return <NumberText {...{ id, value, placeholder, label, wrong, onText }} className={styles.number} />;
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
