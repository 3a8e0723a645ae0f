/** One field of the form: its name, its text, what it means, and the sentence when it does not fit. */
import { useId } from 'react';
import controls from '../../controls/controls.module.css';
import { NumberText } from '../../controls/NumberText';
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
  const { texts } = useOffloadForm();
  const sentences = useSentences(field);
  return (
    <div className={controls.row}>
      <label htmlFor={id}>{label}</label>
      <NumberText
        id={id}
        value={texts[field] === '' ? (suggested ?? '') : texts[field]}
        shown={asTyped}
        mode="decimal"
        wrong={sentences.length > 0}
        className={styles.number}
        onText={(text) => onText(text === suggested ? '' : text)}
      />
      <small id={`${id}-hint`}>
        {sentences.length > 0 && <span className={styles.wrong}>{sentences.join(' ')} </span>}
        {hint}
      </small>
    </div>
  );
}

/** Decimals are shown as they were typed. */
const asTyped = (value: string): string => value;
