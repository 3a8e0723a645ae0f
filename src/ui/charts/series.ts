/** Several lines over one axis: their data, how each is told from the others, and the rows that recharts draws. */
import type { Point } from './decimate';

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
  /** Lowest and highest believable value at each point, in the order of the points. */
  readonly intervals?: readonly (readonly [number, number])[];
  /** As `intervals`, drawn as an area along the line. */
  readonly band?: readonly (readonly [number, number])[];
  readonly style: SeriesStyle;
  /** Drawn thin and pale, behind the others. */
  readonly faded?: boolean;
  /** Its points alone, without a line from one to the next. */
  readonly dots?: boolean;
  /** Neither in the key nor read out: one of many like it. */
  readonly quiet?: boolean;
}

export interface SeriesStyle {
  readonly colour: string;
  /** Dash of the stroke; empty is a whole line. */
  readonly dash: string;
}

/** Colours that hold with colour-blindness, each with a dash of its own. */
export const seriesStyles: readonly SeriesStyle[] = [
  { colour: 'var(--run-1)', dash: '' },
  { colour: 'var(--run-2)', dash: '7 4' },
  { colour: 'var(--run-3)', dash: '2 3' },
  { colour: 'var(--run-4)', dash: '10 3 2 3' },
  { colour: 'var(--run-5)', dash: '5 2' },
  { colour: 'var(--run-6)', dash: '1 4' },
];

/** The style of the series at `index`; colours come around again after the sixth. */
export function seriesStyle(index: number): SeriesStyle {
  return seriesStyles[index % seriesStyles.length] as SeriesStyle;
}

/** A row of the chart: `x`, `y<i>` of series i, and `e<i>`, how far its interval reaches down and up. */
export type Row = Readonly<Record<string, number | readonly [number, number]>> & { readonly x: number };

/** One row for each x that any series has, in order. */
export function rowsOf(series: readonly Pick<Series, 'points' | 'intervals'>[]): readonly Row[] {
  const rows = new Map<number, Record<string, number | readonly [number, number]> & { readonly x: number }>();
  for (const [index, { points, intervals }] of series.entries()) {
    for (const [at, { x, y }] of points.entries()) {
      const row = rows.get(x) ?? { x };
      rows.set(x, row);
      row[`y${index}`] = y;
      const interval = intervals?.[at];
      if (interval) row[`e${index}`] = [y - interval[0], interval[1] - y];
    }
  }
  return [...rows.values()].sort((a, b) => a.x - b.x);
}
