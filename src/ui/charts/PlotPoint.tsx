/** What a chart has where it is pointed at: a line across it and the values beside it. Only this is drawn anew for that. */
import styles from './ChartCard.module.css';
import { useLinkedPoint } from './linked-point';
import { shown } from './plot-parts';
import type { Row, Series } from './series';

export function PlotPoint({
  link,
  rows,
  series,
  xLabel,
  unit,
  left,
  place,
  values,
}: {
  readonly link: string;
  readonly rows: readonly Row[];
  readonly series: readonly Series[];
  readonly xLabel: string;
  readonly unit: string;
  /** Whether the values stand beside the line; else only the line is drawn. */
  readonly values: boolean;
  /** Pixels from the left where the drawing starts and ends. */
  readonly left: readonly [number, number];
  /** Pixels from the left of a step. */
  place(x: number): number;
}) {
  const x = useLinkedPoint(({ point }) => (point?.link === link ? point.x : null));
  const row = x === null ? null : nearest(rows, x);
  if (!row || x === null) return null;
  const at = place(row.x);
  const shownSeries = series.flatMap((entry, index) => {
    const value = row[`y${index}`];
    return typeof value === 'number' ? [{ ...entry, value }] : [];
  });
  const side = at > (left[0] + left[1]) / 2 ? { right: `calc(100% - ${at - 8}px)` } : { left: at + 8 };
  return (
    <>
      <i className={styles.cursor} style={{ left: at }} />
      {values && (
        <div className={styles.values} style={side}>
          <small>
            {xLabel} {row.x}
          </small>
          {shownSeries.map(({ name, value, style }) => (
            <span key={name}>
              <i style={{ background: style.colour }} />
              {series.length > 1 && `${name}: `}
              {shown(value)} {unit}
            </span>
          ))}
        </div>
      )}
    </>
  );
}

/** The row whose x is nearest; rows are in order. */
export function nearest(rows: readonly Row[], x: number): Row | null {
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.x ?? 0) < x) low = middle + 1;
    else high = middle;
  }
  const after = rows[low];
  const before = rows[low - 1];
  if (!after || !before) return after ?? null;
  return x - before.x < after.x - x ? before : after;
}
