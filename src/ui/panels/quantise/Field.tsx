/** One field of the form: its name, its text, what it means, and the sentence when it does not fit. */
import { useId } from 'react';
import controls from '../../controls/controls.module.css';
import { NumberText } from '../../controls/NumberText';
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
  const { texts } = useQuantiseForm();
  const sentences = useSentences(field);
  return (
    <div className={controls.row}>
      <label htmlFor={id}>{label}</label>
      <NumberText
        id={id}
        value={texts[field] === '' ? (suggested ?? '') : texts[field]}
        wrong={sentences.length > 0}
        className={styles.number}
        onText={(text) => setQuantise({ [field]: text === suggested ? '' : text })}
      />
      <small id={`${id}-hint`}>
        {sentences.length > 0 && <span className={styles.wrong}>{sentences.join(' ')} </span>}
        {hint}
      </small>
    </div>
  );
}
