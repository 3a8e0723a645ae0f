/** What unfolds under a run: what it ran on and with what, why it stopped, its last words, and what can be done with it. */
import { useEffect, useState } from 'react';
import { corpusText, vocabularyText } from '../../../lab/recipe-differences';
import controls from '../../controls/controls.module.css';
import { text } from '../../i18n/catalogue';
import { isPending } from '../../state/engine';
import { type RunEntry, useRuns } from '../../state/runs';
import {
  canDelete,
  deleteRuns,
  exportRuns,
  goOn,
  hasSnapshot,
  isOwn,
  openInGenerate,
  openInTrain,
} from '../../state/runs-commands';
import { selectedEntries, useRunsView } from '../../state/runs-view';
import { canGoOn, isLive, useTraining } from '../../state/training';
import { figuresOf } from './columns';
import styles from './runs.module.css';

export function RunDetails({
  entry,
  baseline,
  onRename,
}: {
  readonly entry: RunEntry;
  readonly baseline: boolean;
  onRename(): void;
}) {
  const { run } = entry;
  const words = text.runs.details;
  return (
    <div className={styles.details}>
      {run.problem !== null && <p className={styles.why}>{run.problem}</p>}
      <Facts entry={entry} />
      <Actions entry={entry} />
      <span className={styles.actions}>
        {isOwn(entry) && (
          <button type="button" className={controls.link} onClick={onRename}>
            {text.runs.rename.action}
          </button>
        )}
        <button type="button" className={controls.link} disabled={baseline} onClick={() => makeBaseline(run.id)}>
          {baseline ? words.isBaseline : words.baseline}
        </button>
        <button type="button" className={controls.link} onClick={() => exportRuns([entry])}>
          {words.export}
        </button>
        {canDelete(entry) && (
          <button type="button" className={controls.link} onClick={() => void deleteRuns([entry])}>
            {text.runs.selection.delete}
          </button>
        )}
      </span>
    </div>
  );
}

function Facts({ entry: { run, place } }: { readonly entry: RunEntry }) {
  const { facts } = run;
  const words = text.runs.details;
  const title = words.facts;
  const rows: readonly (readonly [string, string])[] = [
    [title.adapter, words.carriers(run.adapter, run.curves.carriers)],
    [title.text, corpusText(run.recipe.corpus)],
    [title.vocabulary, words.vocabulary(vocabularyText(run.recipe.vocabulary), facts.vocabulary)],
    [title.seconds, words.seconds(run.seconds)],
    [title.tokens, words.tokens(figuresOf(run).step * facts.cost.tokens)],
    [title.data, facts.dataHash],
    [title.kernels, facts.kernelsHash || text.runs.table.none],
    [title.place, text.runs.place[place]],
  ];
  const sample = run.curves.samples.at(-1);
  return (
    <dl className={styles.facts}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
      {sample && (
        <div className={styles.words}>
          <dt>{title.words}</dt>
          <dd dir="auto">{sample.text}</dd>
        </div>
      )}
    </dl>
  );
}

function Actions({ entry }: { readonly entry: RunEntry }) {
  const { run, place } = entry;
  const words = text.runs.details;
  const snapshot = useSnapshot(entry);
  const busy = useTraining(({ shown }) => isLive(shown));
  const taking = useTraining(({ pending }) => isPending(pending, 'takeModel'));
  const live = isLive(run);
  const weights = live || snapshot === true;
  return (
    <div className={styles.actions}>
      <button type="button" className={controls.plain} title={words.trainHint} onClick={() => openInTrain(run)}>
        {words.train}
      </button>
      {canGoOn(run) && (
        <button
          type="button"
          className={controls.plain}
          title={words.resumeHint}
          disabled={busy || snapshot !== true}
          onClick={() => goOn(run)}
        >
          {words.resume}
        </button>
      )}
      <button
        type="button"
        className={controls.plain}
        title={words.generateHint}
        disabled={!weights || taking}
        onClick={() => openInGenerate(entry)}
      >
        {taking ? words.taking : words.generate}
      </button>
      <small>
        {place === 'recorded' ? words.recorded : !live && snapshot === false && words.noSnapshot}
        {canGoOn(run) && busy && snapshot === true && words.busy}
      </small>
    </div>
  );
}

/** Undefined until storage has answered. */
function useSnapshot({ run, place }: RunEntry): boolean | undefined {
  const [found, setFound] = useState<boolean | undefined>(place === 'recorded' ? false : undefined);
  useEffect(() => {
    if (place === 'recorded') return;
    let current = true;
    void hasSnapshot(run.id).then((has) => current && setFound(has));
    return () => {
      current = false;
    };
  }, [run.id, place]);
  return found;
}

/** A baseline is among what is compared. */
function makeBaseline(id: string): void {
  const { entries } = useRuns.getState();
  const selected = selectedEntries(entries, useRunsView.getState().selected).map(({ run }) => run.id);
  useRunsView.setState({ baseline: id, selected: selected.includes(id) ? selected : [...selected, id] });
}
