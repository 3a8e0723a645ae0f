/** What differs among the selected runs, and only that; and what each came to, less what the baseline came to. */
import { useId } from 'react';
import type { FieldValue } from '../../../lab/recipe-differences';
import type { RunRecord } from '../../../lab/run-record';
import controls from '../../controls/controls.module.css';
import { Scroll } from '../../controls/Scroll';
import { significant } from '../../format/numbers';
import { text } from '../../i18n/catalogue';
import type { RunEntry } from '../../state/runs';
import { useRunsView } from '../../state/runs-view';
import { differingRows, type Measured, measuredRows, spreadOf } from './comparison-rows';
import { drawnOf } from './overlay-series';
import styles from './runs.module.css';
import { Swatch } from './Swatch';
import { useBaseline, useSelected } from './useShown';

const words = text.runs.comparison;

export function Comparison() {
  const selected = useSelected();
  const baseline = useBaseline();
  return (
    <section className={controls.card} aria-label={words.heading}>
      <div className={controls.cardHead}>
        <h2>{words.heading}</h2>
        {baseline && selected.length > 1 && <BaselinePicker selected={selected} baseline={baseline} />}
      </div>
      {baseline && selected.length > 1 ? (
        <Compared baseline={baseline} entries={withFirst(baseline, drawnOf(selected))} />
      ) : (
        <p className={controls.quiet}>{words.none}</p>
      )}
    </section>
  );
}

function withFirst(baseline: RunEntry, entries: readonly RunEntry[]): readonly RunEntry[] {
  return [baseline, ...entries.filter((entry) => entry !== baseline)];
}

function BaselinePicker({
  selected,
  baseline,
}: {
  readonly selected: readonly RunEntry[];
  readonly baseline: RunEntry;
}) {
  const id = useId();
  return (
    <span className={styles.picker}>
      <label htmlFor={id}>{words.baseline}</label>
      <select
        id={id}
        value={baseline.run.id}
        onChange={({ target }) => useRunsView.setState({ baseline: target.value })}
      >
        {selected.map(({ run, name }) => (
          <option key={run.id} value={run.id}>
            {name}
          </option>
        ))}
      </select>
    </span>
  );
}

function Compared({ baseline, entries }: { readonly baseline: RunEntry; readonly entries: readonly RunEntry[] }) {
  const runs = entries.map(({ run }) => run);
  const fields = differingRows(runs);
  const measured = measuredRows(baseline.run, runs);
  return (
    <>
      <Scroll label={words.table}>
        <table className={styles.comparison}>
          <thead>
            <tr>
              <th scope="col">{words.field}</th>
              {entries.map(({ run, name, style }) => (
                <th key={run.id} scope="col">
                  <span className={styles.name}>
                    <Swatch style={style} />
                    <span title={name}>{name}</span>
                  </span>
                  {run === baseline.run && <span className={styles.tag}>{words.isBaseline}</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <Band title={words.settings} columns={entries.length} />
            {fields.length === 0 && (
              <tr>
                <td colSpan={entries.length + 1}>{words.same}</td>
              </tr>
            )}
            {fields.map(({ key, values }) => (
              <tr key={key} data-field={key}>
                <th scope="row">{fieldName(key)}</th>
                {entries.map(({ run }, index) => (
                  <td key={run.id} data-other={values[index] !== values[0]}>
                    {valueText(values[index] ?? null)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
          <tbody>
            <Band title={words.measured} columns={entries.length} />
            {measured.map(({ label, cells }) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                {entries.map(({ run }, index) => (
                  <MeasuredCell key={run.id} cell={cells[index]} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <p className={styles.verdict}>{sentences(runs).join(' ')}</p>
    </>
  );
}

function Band({ title, columns }: { readonly title: string; readonly columns: number }) {
  return (
    <tr className={styles.band}>
      <th scope="rowgroup" colSpan={columns + 1}>
        {title}
      </th>
    </tr>
  );
}

function MeasuredCell({ cell }: { readonly cell: Measured | undefined }) {
  const { value = null, difference = null, note = null } = cell ?? {};
  return (
    <td>
      {difference !== null && <b>{difference}</b>}
      <span>{value ?? words.noValue}</span>
      {note !== null && <small>{note}</small>}
    </td>
  );
}

function sentences(runs: readonly RunRecord[]): readonly string[] {
  const spread = spreadOf(runs);
  const texts = new Set(runs.map(({ recipe }) => JSON.stringify(recipe.corpus))).size;
  return [
    spread ? words.spread(spread.bits, spread.count) : words.oneEach,
    words.steps,
    ...(texts > 1 ? [words.texts] : []),
  ];
}

function fieldName(key: string): string {
  const known: Readonly<Record<string, string>> = text.train.fields;
  return words.keys[key] ?? known[key] ?? key;
}

function valueText(value: FieldValue): string {
  if (value === null || value === '') return words.notSet;
  if (typeof value === 'boolean') return value ? words.on : words.off;
  if (typeof value === 'string') return text.train.choices[value] ?? value;
  return Number.isInteger(value) ? String(value) : significant(value);
}
