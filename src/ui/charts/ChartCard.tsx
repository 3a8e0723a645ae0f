/**
 * The frame of every chart: its title, a sentence that says what it shows, the derived cost beside it, a table view,
 * and export as CSV, SVG and PNG. Its height does not change with its content.
 */
import { type ReactNode, useRef, useState } from 'react';
import controls from '../controls/controls.module.css';
import { text } from '../i18n/catalogue';
import styles from './ChartCard.module.css';
import { csv, type Table } from './csv';
import { DataTable } from './DataTable';
import { downloadPng, downloadSvg, downloadText } from './download';
import { useNear } from './useNear';

export function ChartCard({
  title,
  sentence,
  derived,
  foot,
  table,
  empty,
  extra,
  tall = false,
  height,
  drawn = table.rows.length > 0,
  children,
}: {
  readonly title: string;
  readonly sentence: string;
  readonly derived?: string | null;
  /** Under the drawing: what belongs to this chart and is no part of its picture. */
  readonly foot?: ReactNode;
  readonly table: Table;
  /** Shown in place of the chart while there is nothing to draw. */
  readonly empty: string;
  readonly extra?: ReactNode;
  /** For the chart that matters most. */
  readonly tall?: boolean;
  /** Pixels of the drawing, where its rows decide it. */
  readonly height?: number;
  /** Whether there is something to draw: as a rule where the table has rows. */
  readonly drawn?: boolean;
  readonly children: ReactNode;
}) {
  const [asTable, setAsTable] = useState(false);
  const body = useRef<HTMLDivElement>(null);
  const figure = useRef<HTMLElement>(null);
  const near = useNear(figure);
  const nothing = table.rows.length === 0;
  const file = title.toLowerCase().replaceAll(/\s+/g, '-');
  const save = (format: string, action: () => unknown) => (
    <button
      type="button"
      className={controls.link}
      aria-label={text.chart.download(title, format)}
      disabled={nothing || (asTable && format !== text.chart.csv)}
      onClick={() => void action()}
    >
      {format}
    </button>
  );
  return (
    <figure ref={figure} className={styles.card} data-tall={tall} aria-label={title}>
      <div className={styles.head}>
        <h2>{title}</h2>
        <span className={styles.tools}>
          {extra}
          <button
            type="button"
            className={controls.link}
            disabled={nothing}
            aria-label={asTable ? text.chart.asPicture(title) : text.chart.asTable(title)}
            onClick={() => setAsTable(!asTable)}
          >
            {asTable ? text.chart.picture : text.chart.table}
          </button>
          {save(text.chart.csv, () => downloadText(`${file}.csv`, 'text/csv', csv(table)))}
          {save(text.chart.svg, () => body.current && downloadSvg(file, body.current))}
          {save(text.chart.png, () => body.current && downloadPng(file, body.current))}
        </span>
      </div>
      <figcaption className={styles.sentence}>{sentence}</figcaption>
      {asTable && !nothing ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
        <section className={styles.body} style={{ height }} tabIndex={0} aria-label={title}>
          <DataTable {...table} />
        </section>
      ) : (
        <div className={styles.body} style={{ height }} ref={body}>
          {drawn ? near && children : <p className={styles.empty}>{empty}</p>}
        </div>
      )}
      {derived && (
        <p className={styles.derived}>
          <b>{text.chart.derived}</b> {derived}
        </p>
      )}
      {foot}
    </figure>
  );
}
