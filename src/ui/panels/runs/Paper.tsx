/** The paper's own ladder of changes, one at a time, beside the selected runs against their baseline. */
import appStyles from '../../app/App.module.css';
import controls from '../../controls/controls.module.css';
import { text } from '../../i18n/catalogue';
import { figuresOf } from './columns';
import { drawnOf } from './overlay-series';
import styles from './runs.module.css';
import { useBaseline, useSelected } from './useShown';

/** PanGu-π Pro (arXiv 2402.02791), Figure 1: average score after each change. */
const reported = [
  ['base', 42.41],
  ['tokenizer', 44.11],
  ['architecture', 46.53],
  ['inheritance', 49.79],
  ['rounds', 51.28],
] as const;

const words = text.runs.paper;

export function Paper() {
  const selected = drawnOf(useSelected());
  const baseline = useBaseline();
  const base = baseline ? figuresOf(baseline.run).bits : null;
  const measured = selected.toReversed().flatMap(({ run, name }) => {
    const { bits } = figuresOf(run);
    if (bits === null) return [];
    const difference = base === null || run === baseline?.run ? null : bits - base;
    return [{ key: run.id, name, value: bits, difference }];
  });
  return (
    <section className={controls.card} aria-label={words.heading}>
      <div className={appStyles.says}>
        <div>
          <h2>{words.heading}</h2>
          <p className={appStyles.source}>{words.source}</p>
          <Ladder
            columns={words.columns}
            rows={reported.map(([key, value], index) => ({
              key,
              name: words.rows[key],
              value,
              difference: index === 0 ? null : value - (reported[index - 1]?.[1] ?? value),
            }))}
          />
        </div>
        <div>
          <h2>{words.measuredHeading}</h2>
          <p className={appStyles.source}>{words.measured(text.runs.overlay.bits)}</p>
          {measured.length === 0 ? (
            <p className={controls.quiet}>{words.nothing}</p>
          ) : (
            <Ladder columns={words.measuredColumns} rows={measured} />
          )}
        </div>
      </div>
      <p className={appStyles.verdict}>
        <b>{words.verdict}</b> {words.verdictText}
      </p>
    </section>
  );
}

function Ladder({
  columns,
  rows,
}: {
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly key: string;
    readonly name: string;
    readonly value: number;
    readonly difference: number | null;
  }[];
}) {
  return (
    <table className={styles.ladder}>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, name, value, difference }) => (
          <tr key={key}>
            <th scope="row" title={name}>
              {name}
            </th>
            <td>{words.average(value)}</td>
            <td>{difference === null ? text.runs.table.none : words.difference(difference)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
