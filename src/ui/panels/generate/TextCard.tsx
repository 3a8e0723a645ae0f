/** The model's words: the text with its tint, the legend, and the ways to take it along. */
import { useState } from 'react';
import { csv } from '../../charts/csv';
import { downloadText } from '../../charts/download';
import controls from '../../controls/controls.module.css';
import { Segmented } from '../../controls/Segmented';
import { text } from '../../i18n/catalogue';
import { useEngine } from '../../state/engine';
import { useSelection } from '../../state/selection';
import { useWriting } from '../../state/writing';
import styles from './generate.module.css';
import { Legend, TextView } from './TextView';

export function TextCard() {
  const recording = useWriting((state) => state.recording);
  const tint = useSelection((state) => state.tint);
  const words = text.generate.text;
  return (
    <section className={controls.card} aria-label={words.heading}>
      <div className={controls.cardHead}>
        <h2>
          {words.heading}{' '}
          {recording && (
            <span className={styles.recorded} title={recording.how}>
              {words.recorded(recording.model, recording.adapter, recording.date)}
            </span>
          )}
        </h2>
        <span className={controls.tools}>
          <Copy />
          <button type="button" className={controls.link} onClick={saveTokens}>
            {words.csv}
          </button>
        </span>
      </div>
      <Dropped />
      <TextView />
      <div className={styles.legendRow}>
        <Legend />
        <div className={styles.tintChoice}>
          <Segmented
            label={words.tint}
            choices={['probability', 'attention'] as const}
            value={tint}
            name={(choice) => words[choice]}
            onChange={(choice) => useSelection.setState({ tint: choice })}
          />
        </div>
      </div>
    </section>
  );
}

/** Says what of a long prompt is kept; the begin token, which nobody typed, is not counted. */
function Dropped() {
  const dropped = useWriting((state) => state.dropped);
  const kept = useWriting((state) => state.prompt.length);
  const context = useEngine((state) => state.model?.config.max_position_embeddings ?? null);
  if (dropped === 0) return null;
  return (
    <p role="status" className={styles.droppedNote}>
      {text.generate.dropped(kept + dropped - 1, kept - 1, context)}
    </p>
  );
}

function Copy() {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(wholeText());
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return (
    <button type="button" className={controls.link} onClick={() => void copy()}>
      {copied ? text.generate.text.copied : text.generate.text.copy}
    </button>
  );
}

function wholeText(): string {
  const { prompt, tokens } = useWriting.getState();
  return [...prompt, ...tokens].map((token) => token.text).join('');
}

function saveTokens(): void {
  const { prompt, tokens, arrivals } = useWriting.getState();
  const timed = tokens.length - arrivals.length;
  const rows = [
    ...prompt.map(({ id, text: content }, position) => [position, id, content, null, null, null] as const),
    ...tokens.map(
      ({ position, id, text: content, probability, entropy }, index) =>
        [position, id, content, probability, entropy, arrivals[index - timed] ?? null] as const,
    ),
  ];
  downloadText('tokens.csv', 'text/csv', csv({ columns: text.generate.text.columns, rows }));
}
