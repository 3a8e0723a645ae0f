/** One field of the experiment: its name, its text, what it means, and the sentence when it does not fit. */
import { useId } from 'react';
import controls from '../../controls/controls.module.css';
import type { ExperimentKey } from '../../state/experiment-form';
import styles from './architecture.module.css';
import { useExperimentForm } from './useExperiment';

export function Field({
  field,
  label,
  hint,
  placeholder,
  wide = false,
}: {
  readonly field: ExperimentKey;
  readonly label: string;
  readonly hint?: string;
  readonly placeholder?: string;
  readonly wide?: boolean;
}) {
  const id = useId();
  const { texts, set } = useExperimentForm();
  return (
    <div className={controls.row}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="text"
        inputMode={wide ? 'text' : 'decimal'}
        autoComplete="off"
        spellCheck={false}
        className={wide ? styles.list : styles.number}
        data-field={field}
        value={texts[field]}
        placeholder={placeholder}
        aria-describedby={`${id}-hint`}
        aria-invalid={useSentences(field).length > 0}
        onChange={({ target }) => set({ [field]: target.value })}
      />
      <Hint id={`${id}-hint`} field={field} hint={hint} />
    </div>
  );
}

export function Choice<T extends string>({
  field,
  label,
  hint,
  choices,
  name,
  onChange,
}: {
  readonly field: ExperimentKey;
  readonly label: string;
  readonly hint?: string;
  readonly choices: readonly T[];
  name(choice: T): string;
  /** In place of writing the field. */
  onChange?(value: string): void;
}) {
  const id = useId();
  const { texts, set } = useExperimentForm();
  const value = texts[field];
  return (
    <div className={controls.row}>
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        data-field={field}
        value={value}
        aria-describedby={`${id}-hint`}
        onChange={({ target }) => (onChange ? onChange(target.value) : set({ [field]: target.value }))}
      >
        {!choices.some((choice) => choice === value) && <option value={value}>{value}</option>}
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {name(choice)}
          </option>
        ))}
      </select>
      <Hint id={`${id}-hint`} field={field} hint={hint} />
    </div>
  );
}

export function Hint({
  id,
  field,
  hint,
}: {
  readonly id: string;
  readonly field: ExperimentKey;
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

function useSentences(field: ExperimentKey): readonly string[] {
  const { problems } = useExperimentForm();
  return problems.filter(({ key }) => key === field).map(({ sentence }) => sentence);
}
