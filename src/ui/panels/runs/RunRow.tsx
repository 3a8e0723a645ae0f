/** One run in the table: its box, its line and name, and what it came to; its details unfold under it. */
import { useEffect, useRef, useState } from 'react';
import { text } from '../../i18n/catalogue';
import type { RunEntry } from '../../state/runs';
import { columnKeys, useRunsView } from '../../state/runs-view';
import { figuresOf, numberCells } from './columns';
import { NameField } from './NameField';
import { RunDetails } from './RunDetails';
import styles from './runs.module.css';
import { Swatch } from './Swatch';

export function RunRow({
  entry,
  selected,
  open,
  baseline,
  onSelect,
}: {
  readonly entry: RunEntry;
  readonly selected: boolean;
  readonly open: boolean;
  readonly baseline: boolean;
  onSelect(wanted: boolean): void;
}) {
  const { run, name, style, place } = entry;
  const words = text.runs;
  const [renaming, setRenaming] = useState(false);
  const nameButton = useRef<HTMLButtonElement>(null);
  const renamed = useRef(false);
  // The name takes the place of its field, and the focus with it.
  useEffect(() => {
    if (renamed.current && !renaming) nameButton.current?.focus();
    renamed.current = renaming;
  }, [renaming]);
  const { step } = figuresOf(run);
  return (
    <>
      <tr data-run={run.id} data-selected={selected}>
        <td className={styles.box}>
          <input
            type="checkbox"
            checked={selected}
            aria-label={words.table.select(name)}
            onChange={({ target }) => onSelect(target.checked)}
          />
        </td>
        <th scope="row">
          <span className={styles.name}>
            <Swatch style={style} />
            {renaming ? (
              <NameField entry={entry} onDone={() => setRenaming(false)} />
            ) : (
              <button
                ref={nameButton}
                type="button"
                aria-expanded={open}
                title={name}
                onClick={() => useRunsView.setState({ open: open ? null : run.id })}
              >
                {name}
              </button>
            )}
          </span>
        </th>
        <td className={styles.state} data-state={run.state}>
          {words.states[run.state]}
          {baseline && <small>{words.comparison.isBaseline}</small>}
          {place === 'session' && <small>{words.place.session}</small>}
          {step < run.recipe.steps && <small>{words.progress(step, run.recipe.steps)}</small>}
        </td>
        {numberCells.map(({ key, shown }) => (
          <td key={key} data-cell={key}>
            {shown(run)}
          </td>
        ))}
      </tr>
      {open && (
        <tr className={styles.unfolded}>
          <td colSpan={columnKeys.length + 1}>
            <RunDetails entry={entry} baseline={baseline} onRename={() => setRenaming(true)} />
          </td>
        </tr>
      )}
    </>
  );
}
