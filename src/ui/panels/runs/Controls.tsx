/** The left column: the filter, what can be done with the selected runs, and files. */
import { type ChangeEvent, useId, useRef } from 'react';
import controls from '../../controls/controls.module.css';
import { text } from '../../i18n/catalogue';
import { useRuns } from '../../state/runs';
import { canDelete, deleteRuns, exportRuns, importRuns, isOwn, saveCurves } from '../../state/runs-commands';
import { useRunsView } from '../../state/runs-view';
import styles from './runs.module.css';
import { useListed, useSelected } from './useShown';

export function Controls() {
  return (
    <>
      <Find />
      <Selection />
      <Files />
    </>
  );
}

function Find() {
  const id = useId();
  const filter = useRunsView((state) => state.filter);
  const words = text.runs.find;
  return (
    <fieldset className={controls.group}>
      <legend>{words.legend}</legend>
      <div className={controls.row}>
        <label htmlFor={id}>{words.label}</label>
        <button
          type="button"
          className={controls.link}
          disabled={filter === ''}
          onClick={() => useRunsView.setState({ filter: '' })}
        >
          {words.clear}
        </button>
        <input
          id={id}
          type="search"
          className={styles.search}
          value={filter}
          aria-describedby={`${id}-hint`}
          onChange={({ target }) => useRunsView.setState({ filter: target.value })}
        />
        <small id={`${id}-hint`}>{words.hint}</small>
      </div>
    </fieldset>
  );
}

function Selection() {
  const selected = useSelected();
  const listed = useListed();
  const words = text.runs.selection;
  const none = selected.length === 0;
  const hidden = selected.filter((entry) => !listed.includes(entry)).length;
  const stays = selected.some((entry) => !isOwn(entry))
    ? words.shippedStay
    : selected.some((entry) => !canDelete(entry)) && words.liveStays;
  return (
    <fieldset className={controls.group}>
      <legend>{words.legend}</legend>
      <p role="status" className={controls.quiet}>
        {words.count(selected.length)} {hidden > 0 && words.hidden(hidden)}
      </p>
      <div className={styles.buttons}>
        <button
          type="button"
          className={controls.plain}
          disabled={none}
          title={words.csvHint}
          onClick={() => saveCurves(selected)}
        >
          {words.csv}
        </button>
        <button type="button" className={controls.plain} disabled={none} onClick={() => exportRuns(selected)}>
          {words.export}
        </button>
        <button
          type="button"
          className={controls.plain}
          disabled={none}
          onClick={() => useRunsView.setState({ selected: [] })}
        >
          {words.none}
        </button>
        <button
          type="button"
          className={controls.plain}
          disabled={!selected.some(canDelete)}
          onClick={() => void deleteRuns(selected)}
        >
          {words.delete}
        </button>
      </div>
      {stays && <small>{stays}</small>}
    </fieldset>
  );
}

function Files() {
  const entries = useRuns((state) => state.entries);
  const input = useRef<HTMLInputElement>(null);
  const words = text.runs.files;
  const take = ({ target }: ChangeEvent<HTMLInputElement>) => {
    void importRuns([...(target.files ?? [])]);
    target.value = '';
  };
  return (
    <fieldset className={controls.group}>
      <legend>{words.legend}</legend>
      <div className={styles.file}>
        <button type="button" className={controls.plain} onClick={() => input.current?.click()}>
          {words.import}
        </button>
        <small>{words.importHint}</small>
        <input
          ref={input}
          type="file"
          hidden
          multiple
          accept=".json,application/json"
          aria-label={words.import}
          onChange={take}
        />
      </div>
      <div className={styles.file}>
        <button
          type="button"
          className={controls.plain}
          disabled={entries.length === 0}
          onClick={() => exportRuns(entries)}
        >
          {words.exportAll}
        </button>
        <small>{words.exportHint}</small>
      </div>
    </fieldset>
  );
}
