/** A choice of few, all in sight. */
import styles from './controls.module.css';

export function Segmented<T extends string>({
  label,
  choices,
  value,
  name,
  onChange,
}: {
  readonly label: string;
  readonly choices: readonly T[];
  readonly value: T;
  name(choice: T): string;
  onChange(choice: T): void;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would need a legend in sight; the label names the group.
    <div className={styles.segments} role="group" aria-label={label}>
      {choices.map((choice) => (
        <button key={choice} type="button" aria-pressed={choice === value} onClick={() => onChange(choice)}>
          {name(choice)}
        </button>
      ))}
    </div>
  );
}
