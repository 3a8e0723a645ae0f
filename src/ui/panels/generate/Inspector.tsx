/**
 * What the model did where the selected token was chosen: what else it considered, where it looked, and what each
 * layer would have said.
 */
import { useMemo } from 'react';
import controls from '../../controls/controls.module.css';
import { formatPercent } from '../../format/numbers';
import { text } from '../../i18n/catalogue';
import { select } from '../../state/commands';
import { useSelection } from '../../state/selection';
import { useWriting } from '../../state/writing';
import { Alternatives } from './Alternatives';
import { Attention } from './Attention';
import styles from './generate.module.css';
import { Lens } from './Lens';
import { visible } from './TokenButton';
import { tokenUnits, unitAt } from './tokenUnits';

export function Inspector() {
  const prompt = useWriting((state) => state.prompt);
  const tokens = useWriting((state) => state.tokens);
  const position = useSelection((state) => state.position);
  const units = useMemo(() => tokenUnits(prompt, tokens), [prompt, tokens]);
  const unit = unitAt(units, position);
  const piece = unit?.pieces.find((entry) => entry.position === position) ?? null;
  const words = text.generate.inspector;
  return (
    <section className={controls.card} aria-label={words.heading}>
      <div className={styles.selected}>
        <h2>{words.heading}</h2>
        {unit && piece ? (
          <>
            <span className={styles.quote}>{visible(unit.text)}</span>
            <span className={controls.quiet}>{words.at(piece.position)}</span>
            {piece.generated && (
              <span className={controls.quiet}>
                {words.probability} <b>{formatPercent(piece.generated.probability)}</b> · {words.entropy}{' '}
                <b>{words.entropyValue(piece.generated.entropy)}</b>, {words.entropyHint(piece.generated.entropy)}
              </span>
            )}
          </>
        ) : (
          <span className={controls.quiet}>{words.none}</span>
        )}
      </div>
      {unit && unit.pieces.length > 1 && (
        <p className={styles.parts}>
          <span>{words.split(unit.pieces.length)}</span>
          {unit.pieces.map((entry, index) => (
            <button
              key={entry.position}
              type="button"
              aria-pressed={entry.position === position}
              onClick={() => select(entry.position)}
            >
              {words.part(index + 1, entry.id)}
            </button>
          ))}
        </p>
      )}
      <div className={styles.inspector}>
        <Alternatives piece={piece} />
        <Attention piece={piece} units={units} />
        <Lens piece={piece} />
      </div>
    </section>
  );
}
