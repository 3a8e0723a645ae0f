/** A number as text: what is being typed stays as it is, right or wrong; what a person left is shown as its panel writes numbers. */
import { useState } from 'react';
import { formatInteger } from '../format/numbers';

export function NumberText({
  id,
  value,
  shown = grouped,
  mode = 'numeric',
  wrong,
  label,
  placeholder,
  className,
  onText,
}: {
  readonly id: string;
  readonly value: string;
  /** How a value is shown while nobody types. */
  shown?(value: string): string;
  readonly mode?: 'numeric' | 'decimal';
  readonly wrong: boolean;
  /** Where no element in sight names it. */
  readonly label?: string | undefined;
  readonly placeholder?: string | undefined;
  readonly className: string | undefined;
  onText(text: string): void;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <input
      id={id}
      type="text"
      inputMode={mode}
      autoComplete="off"
      spellCheck={false}
      className={className}
      value={typed ?? shown(value)}
      placeholder={placeholder}
      aria-label={label}
      aria-describedby={`${id}-hint`}
      aria-invalid={wrong}
      onChange={({ target }) => {
        setTyped(target.value);
        onText(target.value);
      }}
      onBlur={() => setTyped(null)}
    />
  );
}

/** A whole number with its thousands grouped. */
function grouped(value: string): string {
  return /^\d{1,15}$/.test(value) ? formatInteger(Number(value)) : value;
}
