/** A range with its name, its value and a sentence under it. */
import { useId } from 'react';
import styles from './controls.module.css';

export function Slider({
  label,
  hint,
  value,
  shown,
  minimum,
  maximum,
  step,
  onChange,
}: {
  readonly label: string;
  readonly hint: string;
  readonly value: number;
  readonly shown: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly step: number;
  onChange(value: number): void;
}) {
  const id = useId();
  return (
    <div className={styles.row}>
      <label htmlFor={id}>{label}</label>
      <output htmlFor={id}>{shown}</output>
      <input
        id={id}
        type="range"
        min={minimum}
        max={maximum}
        step={step}
        value={value}
        aria-valuetext={shown}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onChange(event.target.valueAsNumber)}
      />
      <small id={`${id}-hint`}>{hint}</small>
    </div>
  );
}
