/** The line chart with several series, on recharts. Loaded lazily through `Plots.tsx`: nothing else may import this file. */
import {
  CartesianGrid,
  ErrorBar,
  Label,
  Line,
  LineChart,
  type MouseHandlerDataParam,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import styles from './ChartCard.module.css';
import { axis, shown, tooltip } from './plot-parts';
import { powerTicks, roundTicks } from './round-ticks';
import { type Row, rowsOf, type Series } from './series';

export interface SeriesProps {
  readonly series: readonly Series[];
  readonly xLabel: string;
  readonly unit: string;
  /** Of the values' axis. */
  readonly scale?: 'linear' | 'log';
  /** Where the axis starts: at 0, or just below the lowest value. */
  readonly from?: 'zero' | 'data';
  /** Lines across the chart that say what a value means. */
  readonly levels?: readonly { readonly y: number; readonly label: string; readonly at: 'start' | 'end' }[];
  /** Lines from bottom to top that say what happened there. */
  readonly marks?: readonly { readonly x: number; readonly label: string }[];
  /** Charts of one name show the same x when one of them is pointed at. */
  readonly link?: string;
  readonly x?: readonly [number, number];
  /** Of the axis along the bottom; points at 0 and below have no place on a logarithmic one. */
  readonly xScale?: 'linear' | 'log';
  /** Told the x that is pointed at, null when none is: whoever listens says the values, so the chart draws only a line. */
  onPoint?(x: number | null): void;
}

/** A line of so few points shows each of them. */
const sparse = 12;

export function SeriesPlot({
  series,
  xLabel,
  unit,
  scale = 'linear',
  from = 'zero',
  levels = [],
  marks = [],
  link,
  x,
  xScale = 'linear',
  onPoint,
}: SeriesProps) {
  const log = scale === 'log';
  const along = xScale === 'log';
  const rows = rowsOf(series).filter((row) => !along || row.x > 0);
  const several = series.length > 1;
  const [first = 0, last = 0] = x ?? [rows[0]?.x, rows.at(-1)?.x];
  return (
    <div className={styles.plot}>
      <ResponsiveContainer width="100%" height="100%">
        <LineChart
          data={rows as Row[]}
          margin={{ top: 8, right: 16, bottom: 16, left: 0 }}
          accessibilityLayer={false}
          {...(link !== undefined && { syncId: link, syncMethod: 'value' as const })}
          {...(onPoint && {
            onMouseMove: ({ activeLabel }: MouseHandlerDataParam) => onPoint(numberOf(activeLabel)),
            onMouseLeave: () => onPoint(null),
          })}
        >
          <CartesianGrid stroke="var(--line)" vertical={false} />
          <XAxis
            dataKey="x"
            type="number"
            scale={xScale}
            domain={[along ? Math.max(1, first) : first, last]}
            ticks={along ? powerTicks(first, last) : roundTicks(first, last)}
            {...axis}
          >
            <Label value={xLabel} position="bottom" offset={0} fill="var(--ink-2)" fontSize={11.5} />
          </XAxis>
          <YAxis
            width={58}
            tickFormatter={shown}
            scale={scale}
            domain={log ? ['auto', 'auto'] : [from === 'zero' ? 0 : 'auto', 'auto']}
            allowDataOverflow={log}
            {...axis}
          />
          <Tooltip
            {...tooltip}
            {...(onPoint && { content: () => null })}
            labelFormatter={(value) => `${xLabel} ${String(value)}`}
            formatter={(value, name) => [`${shown(value)} ${unit}`, several ? name : '']}
            separator={several ? ': ' : ''}
          />
          {levels.map(({ y, label, at }) => (
            <ReferenceLine
              key={label}
              y={y}
              stroke="var(--ink-2)"
              strokeDasharray="2 4"
              ifOverflow="extendDomain"
              label={{
                value: label,
                position: at === 'start' ? 'insideBottomLeft' : 'insideBottomRight',
                fill: 'var(--ink-2)',
                fontSize: 11.5,
              }}
            />
          ))}
          {marks.map(({ x: at, label }) => (
            <ReferenceLine
              key={`${at} ${label}`}
              x={at}
              stroke="var(--accent)"
              strokeDasharray="4 3"
              label={{ value: label, position: 'insideTopLeft', fill: 'var(--accent)', fontSize: 11.5 }}
            />
          ))}
          {series.map(({ name, style, faded, intervals }, index) => (
            <Line
              key={name}
              dataKey={`y${index}`}
              name={name}
              stroke={style.colour}
              strokeDasharray={style.dash}
              strokeWidth={faded ? 1 : 2}
              strokeOpacity={faded ? 0.4 : 1}
              dot={(series[index]?.points.length ?? 0) <= sparse ? { r: 2.5, strokeDasharray: '' } : false}
              connectNulls
              isAnimationActive={false}
            >
              {intervals && (
                <ErrorBar dataKey={`e${index}`} width={4} strokeWidth={1.2} stroke={style.colour} direction="y" />
              )}
            </Line>
          ))}
        </LineChart>
      </ResponsiveContainer>
      {several && <Key series={series} hidden={onPoint !== undefined} />}
    </div>
  );
}

function numberOf(label: unknown): number | null {
  const value = label === undefined || label === null ? Number.NaN : Number(label);
  return Number.isFinite(value) ? value : null;
}

/** What each line is, with its colour and dash. Hidden where a readout names the lines; the exported picture has it still. */
function Key({ series, hidden }: { readonly series: readonly Series[]; readonly hidden: boolean }) {
  return (
    <ul className={styles.key} data-key hidden={hidden}>
      {series.map(({ name, style }) => (
        <li key={name}>
          <svg width="24" height="8" aria-hidden="true">
            <line x2="24" y1="4" y2="4" stroke={style.colour} strokeWidth="2" strokeDasharray={style.dash} />
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}
