/** The table of all runs: sorted by a click on a column, selected by the boxes in front, unfolded by a click on a name. */
import { useEffect, useRef } from 'react';
import controls from '../../controls/controls.module.css';
import { text } from '../../i18n/catalogue';
import { useRuns } from '../../state/runs';
import { type ColumnKey, columnKeys, useRunsView } from '../../state/runs-view';
import { downFirst } from './columns';
import { RunRow } from './RunRow';
import styles from './runs.module.css';
import { useBaseline, useListed, useSelected } from './useShown';

export function RunTable() {
  const all = useRuns((state) => state.entries.length);
  const listed = useListed();
  const selected = useSelected();
  const baseline = useBaseline();
  const open = useRunsView((state) => state.open);
  const words = text.runs.table;
  const ids = selected.map(({ run }) => run.id);
  return (
    <section className={controls.card} aria-label={words.caption}>
      <div className={controls.cardHead}>
        <h2>{words.caption}</h2>
        <span className={controls.quiet} role="status">
          {words.shown(listed.length, all)}
        </span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <section className={styles.scroll} aria-label={words.scroll} tabIndex={0}>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col" className={styles.box}>
                <SelectAll listed={listed.map(({ run }) => run.id)} selected={ids} />
              </th>
              {columnKeys.map((column) => (
                <Column key={column} column={column} />
              ))}
            </tr>
          </thead>
          <tbody>
            {listed.map((entry) => (
              <RunRow
                key={entry.run.id}
                entry={entry}
                selected={ids.includes(entry.run.id)}
                open={entry.run.id === open}
                baseline={entry.run.id === baseline?.run.id && selected.length > 1}
                onSelect={(wanted) => select(ids, [entry.run.id], wanted)}
              />
            ))}
          </tbody>
        </table>
        {listed.length === 0 && <p className={styles.noMatch}>{text.runs.empty.noMatch}</p>}
      </section>
    </section>
  );
}

function Column({ column }: { readonly column: ColumnKey }) {
  const sort = useRunsView((state) => state.sort);
  const words = text.runs.table;
  const sorted = sort.column === column;
  const sortBy = () => useRunsView.setState({ sort: { column, down: sorted ? !sort.down : downFirst.has(column) } });
  return (
    <th
      scope="col"
      data-column={column}
      title={words.titles[column]}
      aria-sort={sorted ? (sort.down ? 'descending' : 'ascending') : undefined}
    >
      <button type="button" className={styles.sort} onClick={sortBy}>
        {words.columns[column]}
        <span aria-hidden="true">{sorted ? (sort.down ? '▾' : '▴') : ''}</span>
      </button>
    </th>
  );
}

function SelectAll({ listed, selected }: { readonly listed: readonly string[]; readonly selected: readonly string[] }) {
  const box = useRef<HTMLInputElement>(null);
  const chosen = listed.filter((id) => selected.includes(id)).length;
  const all = listed.length > 0 && chosen === listed.length;
  useEffect(() => {
    if (box.current) box.current.indeterminate = chosen > 0 && !all;
  }, [chosen, all]);
  return (
    <input
      ref={box}
      type="checkbox"
      checked={all}
      disabled={listed.length === 0}
      aria-label={text.runs.table.selectAll}
      onChange={() => select(selected, listed, !all)}
    />
  );
}

function select(selected: readonly string[], ids: readonly string[], wanted: boolean): void {
  const others = selected.filter((id) => !ids.includes(id));
  useRunsView.setState({ selected: wanted ? [...others, ...ids] : others });
}
