/** What pruning does to a shipped model that speaks the vocabulary: measured, written with, and taken home as files. */
import { useEffect, useId, useRef } from 'react';
import controls from '../../controls/controls.module.css';
import { tokenizerText } from '../../i18n/tokenizer-text';
import { isPending } from '../../state/engine';
import { useManifest } from '../../state/manifest';
import { useTokenizer } from '../../state/tokenizer';
import { chooseVocabulary, exportPruned, measurePruned } from '../../state/tokenizer-commands';
import { ModelTable } from './ModelTable';
import styles from './tokenizer.module.css';
import { useIsPruned } from './useTokenizerForm';
import { Working } from './Working';
import { WriteBoth } from './WriteBoth';

const words = tokenizerText.model;

export function RunningModel() {
  const shipped = useTokenizer((state) => state.tokenizer?.source.kind === 'shipped');
  const card = useRef<HTMLElement>(null);
  const asked = useRef(false);
  useEffect(() => {
    // The button that was pressed is gone with the choice.
    if (shipped && asked.current) card.current?.focus();
    asked.current = false;
  }, [shipped]);
  return (
    <section ref={card} className={controls.card} aria-label={words.heading} tabIndex={-1}>
      <h2>{words.heading}</h2>
      <p className={styles.modelLead}>{words.lead}</p>
      {shipped ? (
        <Measured />
      ) : (
        <Choose
          onChoose={(id) => {
            asked.current = true;
            chooseVocabulary(`model.${id}`);
          }}
        />
      )}
    </section>
  );
}

function Choose({ onChoose }: { onChoose(id: string): void }) {
  const models = useManifest((state) => state.models);
  return (
    <div className={styles.modelChoice}>
      <span>{words.choose}</span>
      {models.map(({ id, name }) => (
        <button key={id} type="button" className={controls.plain} onClick={() => onChoose(id)}>
          {words.use(name)}
        </button>
      ))}
    </div>
  );
}

function Measured() {
  const id = useId();
  const ready = useIsPruned();
  const comparison = useTokenizer((state) => state.comparison);
  const pruned = useTokenizer((state) => state.pruned);
  const busy = useTokenizer((state) => isPending(state.pending, 'measurePruned'));
  const exporting = useTokenizer((state) => isPending(state.pending, 'exportPruned'));
  const other = comparison !== null && JSON.stringify(comparison.pruning) !== JSON.stringify(pruned?.pruning);
  const note = !ready
    ? words.wait
    : other
      ? words.other
      : comparison
        ? words.how(comparison.found.adapter, comparison.found.left)
        : words.none;
  return (
    <>
      <div className={styles.measure}>
        <button
          type="button"
          className={controls.primary}
          disabled={!ready || busy}
          aria-describedby={`${id}-note`}
          onClick={measurePruned}
        >
          {words.measure}
        </button>
        <button
          type="button"
          className={controls.plain}
          disabled={!ready || exporting}
          aria-describedby={`${id}-export`}
          onClick={exportPruned}
        >
          {words.export}
        </button>
        <small id={`${id}-note`}>{note}</small>
        <Working request="measurePruned" />
      </div>
      <small id={`${id}-export`}>{words.exportHint}</small>
      {comparison && <ModelTable comparison={comparison.found} />}
      <WriteBoth ready={ready} />
    </>
  );
}
