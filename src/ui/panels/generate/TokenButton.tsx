/** One unit of the text: tinted by probability or by attention, with its name for those who do not see the tint. */
import { type CSSProperties, memo } from 'react';
import { text } from '../../i18n/catalogue';
import styles from './generate.module.css';

export interface TokenButtonProps {
  /** Of its first token. */
  readonly position: number;
  /** Empty where the token has no text of its own. */
  readonly content: string;
  /** Stands in the place of an empty content. */
  readonly mark: string;
  /** Null for a prompt. */
  readonly step: 0 | 1 | 2 | 3 | 4 | null;
  /** Null while probability is drawn; else the share of attention against the largest, and the share itself. */
  readonly weight: number | null;
  readonly label: string;
  readonly selected: boolean;
  readonly focusable: boolean;
}

export const TokenButton = memo(function TokenButton({
  position,
  content,
  mark,
  step,
  weight,
  label,
  selected,
  focusable,
}: TokenButtonProps) {
  const empty = content === '';
  return (
    // A real button never breaks inside its text and cuts the joined letters of Arabic: a span flows with the line.
    // biome-ignore lint/a11y/useSemanticElements: see the line above.
    <span
      role="button"
      // The mark of the begin token must not decide the direction of the text after it.
      dir={empty ? 'ltr' : undefined}
      tabIndex={focusable ? 0 : -1}
      aria-pressed={selected}
      aria-label={label}
      title={label}
      className={styles.token}
      data-position={position}
      data-prompt={step === null}
      data-empty={empty}
      data-step={weight === null ? (step ?? undefined) : undefined}
      data-weight={weight ?? undefined}
      style={weight === null ? undefined : ({ '--weight': weight } as CSSProperties)}
    >
      {empty ? mark : content.replaceAll('\n', '↵\n')}
    </span>
  );
});

/** A token's text where white space would be lost: ␣ for a space at its edge, ⏎ for a line break. */
export function visible(content: string): string {
  if (content === '') return text.generate.text.nothing;
  return content
    .replaceAll('\n', '⏎')
    .replaceAll('\t', '⇥')
    .replace(/^ +| +$/g, (spaces) => '␣'.repeat(spaces.length));
}

/** A token's text to be read aloud. */
export function spoken(content: string): string {
  if (content === '\n') return text.generate.text.newline;
  return content.trim() === '' ? text.generate.text.space : content.trim();
}
