/** The ten most likely tokens where the selected one was chosen; choosing one goes on from there. */
import type { CSSProperties } from 'react';
import type { Alternative } from '../../../worker/protocol';
import controls from '../../controls/controls.module.css';
import { formatPercent } from '../../format/numbers';
import { text } from '../../i18n/catalogue';
import { chooseAlternative } from '../../state/commands';
import { useSelection } from '../../state/selection';
import { isAlive, useWriting } from '../../state/writing';
import styles from './generate.module.css';
import { spoken, visible } from './TokenButton';
import type { Piece } from './tokenUnits';
import { Waiting } from './Waiting';

export function Alternatives({ piece }: { readonly piece: Piece | null }) {
  const inspection = useSelection((state) => state.inspection);
  const recording = useWriting((state) => state.recording);
  const alive = useWriting(isAlive);
  const writing = useWriting((state) => state.status !== 'idle');
  const words = text.generate.inspector;
  const top = inspection?.lens.at(-1);
  // A prompt's token was not drawn from the model, but the model had an opinion there too.
  const alternatives = piece?.generated?.alternatives ?? (piece ? top?.alternatives : undefined);
  const among = piece?.generated ?? (top ? { entropy: top.entropy, alternatives: top.alternatives } : null);
  return (
    <section>
      <h3>{piece && !piece.generated ? words.promptAlternatives : words.alternatives}</h3>
      <p className={controls.quiet}>
        {piece && !alive ? (recording ? words.runFirst : words.detachedChoice) : words.alternativesHint}
      </p>
      {!alternatives && <Waiting piece={piece} />}
      <div className={styles.options}>
        {piece &&
          alternatives?.map((alternative) => (
            <Option
              key={alternative.id}
              alternative={alternative}
              chosen={alternative.id === piece.id}
              disabled={!alive || writing}
              onChoose={() => chooseAlternative(piece.position, alternative, among)}
            />
          ))}
      </div>
    </section>
  );
}

function Option({
  alternative,
  chosen,
  disabled,
  onChoose,
}: {
  readonly alternative: Alternative;
  readonly chosen: boolean;
  readonly disabled: boolean;
  onChoose(): void;
}) {
  const { text: content, probability } = alternative;
  return (
    <button
      type="button"
      className={styles.option}
      disabled={disabled}
      aria-label={text.generate.inspector.choose(spoken(content), probability)}
      onClick={onChoose}
    >
      <i style={{ '--share': probability } as CSSProperties} />
      <code>{visible(content)}</code>
      <b>{chosen && text.generate.inspector.chosen}</b>
      <span>{formatPercent(probability)}</span>
    </button>
  );
}
