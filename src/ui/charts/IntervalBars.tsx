/**
 * A mean with its interval for each of several things, one a row, best first or as given; the single values behind it as small
 * marks. Not bars from zero: what is compared differs by little of the whole, and a bar would draw the whole.
 */

import { PlotFrame } from './PlotFrame';
import { shown } from './plot-parts';
import { valueScale } from './plot-scale';
import type { SeriesStyle } from './series';

export interface IntervalRow {
  readonly name: string;
  /** Beside the name, pale: `n = 3`. */
  readonly note: string;
  readonly style: SeriesStyle;
  readonly mean: number;
  readonly interval: readonly [number, number] | null;
  readonly values: readonly number[];
}

const rowHeight = 30;
const axisHeight = 40;
/** Pixels beside the longest name: its line, and the note behind it. */
const besideName = 84;
const letterWidth = 6.4;

/** Pixels that so many rows take. */
export function intervalBarsHeight(rows: number): number {
  return rows * rowHeight + axisHeight + 12;
}

export function IntervalBars({
  rows,
  label,
  levels,
  format,
}: {
  readonly rows: readonly IntervalRow[];
  readonly label: string;
  readonly levels: readonly { readonly value: number; readonly label: string }[];
  format(value: number): string;
}) {
  const values = rows.flatMap(({ mean, interval, values: single }) => [mean, ...(interval ?? []), ...single]);
  const scale = valueScale([...values, ...levels.map(({ value }) => value)], 'linear', false);
  return (
    <PlotFrame>
      {({ width, height }) => {
        const longest = Math.max(...rows.map(({ name }) => name.length));
        const left = Math.min(0.46 * width, Math.max(120, besideName + longest * letterWidth));
        const right = width - 64;
        const bottom = height - axisHeight;
        const x = (value: number) => left + scale.share(value) * (right - left);
        const y = (row: number) => 8 + ((row + 0.5) * (bottom - 8)) / rows.length;
        const ticks = width < 420 ? scale.ticks.filter((_, index) => index % 2 === 0) : scale.ticks;
        return (
          <svg width={width} height={height} aria-hidden="true">
            {ticks.map((tick) => (
              <g key={tick}>
                <line x1={x(tick)} x2={x(tick)} y1={4} y2={bottom} stroke="var(--line)" />
                <text x={x(tick)} y={bottom + 15} fontSize={11.5} fill="var(--ink-2)" textAnchor="middle">
                  {shown(tick)}
                </text>
              </g>
            ))}
            <line x1={left} x2={right} y1={bottom} y2={bottom} stroke="var(--line-strong)" />
            <text x={(left + right) / 2} y={bottom + 32} fontSize={11.5} fill="var(--ink-2)" textAnchor="middle">
              {label}
            </text>
            {levels.map(({ value, label: said }) => (
              <g key={said}>
                <line x1={x(value)} x2={x(value)} y1={4} y2={bottom} stroke="var(--ink-2)" strokeDasharray="2 4" />
                <text x={x(value) + 4} y={bottom - 4} fontSize={11.5} fill="var(--ink-2)">
                  {said}
                </text>
              </g>
            ))}
            {rows.map((row, index) => (
              <Row key={row.name} row={row} x={x} y={y(index)} left={left} right={right} format={format} />
            ))}
          </svg>
        );
      }}
    </PlotFrame>
  );
}

function Row({
  row: { name, note, style, mean, interval, values },
  x,
  y,
  left,
  right,
  format,
}: {
  readonly row: IntervalRow;
  x(value: number): number;
  readonly y: number;
  readonly left: number;
  readonly right: number;
  format(value: number): string;
}) {
  const most = Math.floor((left - besideName) / letterWidth) + 1;
  return (
    <g>
      <line x1="2" x2="22" y1={y} y2={y} stroke={style.colour} strokeWidth="2.5" strokeDasharray={style.dash} />
      <text x="30" y={y + 4} fontSize={12.5} fill="var(--ink)">
        {name.length > most ? `${name.slice(0, most - 1)}…` : name}
        <title>{name}</title>
      </text>
      <text x={left - 6} y={y + 4} fontSize={11.5} fill="var(--ink-2)" textAnchor="end">
        {note}
      </text>
      {interval && (
        <rect
          x={x(interval[0])}
          y={y - 6}
          width={Math.max(2, x(interval[1]) - x(interval[0]))}
          height="12"
          rx="3"
          fill={style.colour}
          opacity="0.28"
        />
      )}
      {values.map((value, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: seeds come in a fixed order and may be equal.
        <circle key={index} cx={x(value)} cy={y} r="2.6" fill="none" stroke={style.colour} />
      ))}
      <line x1={x(mean)} x2={x(mean)} y1={y - 9} y2={y + 9} stroke={style.colour} strokeWidth="2.5" />
      <text x={right + 8} y={y + 4} fontSize={12.5} fontWeight="600" fill="var(--ink)">
        {format(mean)}
      </text>
    </g>
  );
}
