/**
 * The line chart with several series, drawn by hand as SVG. It is redrawn several times a second beside six others while a
 * model trains, so it costs a path a line and no object a point; recharts, which draws the other charts, took 20 to 60 ms.
 */
import { type PointerEvent, useId, useLayoutEffect, useRef, useState } from 'react';
import styles from './ChartCard.module.css';
import { pointAt } from './linked-point';
import { nearest, PlotPoint } from './PlotPoint';
import { shown } from './plot-parts';
import { type Scale, stepScale, valueScale } from './plot-scale';
import { rowsOf, type Series } from './series';

export interface SeriesProps {
  readonly series: readonly Series[];
  readonly xLabel: string;
  readonly unit: string;
  /** Of the values' axis. */
  readonly scale?: 'linear' | 'log';
  /** Where the axis starts: at 0, or just below the lowest value. */
  readonly from?: 'zero' | 'data';
  /** Lines across the chart that say what a value means. */
  readonly levels?: readonly Level[];
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

interface Level {
  readonly y: number;
  readonly label: string;
  readonly at: 'start' | 'end';
}

/** A line of so few points shows each of them. */
const sparse = 12;

/** Pixels between the intervals of two series at one x, so that each can be told. */
const aside = 3;

/** Pixels around the drawing: room for numbers on the left and below, and for the name of the axis. */
const room = { top: 10, right: 16, bottom: 36, left: 58 } as const;

export function SeriesPlot(props: SeriesProps) {
  const { series, onPoint } = props;
  const frame = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return (
    <div className={styles.plot}>
      <div className={styles.drawing} ref={frame}>
        {size.width > 0 && <Drawing {...props} {...size} />}
      </div>
      {series.length > 1 && <Key series={series} hidden={onPoint !== undefined} />}
    </div>
  );
}

function Drawing({
  series,
  xLabel,
  unit,
  scale = 'linear',
  from = 'zero',
  levels = [],
  marks = [],
  link,
  x: given,
  xScale = 'linear',
  onPoint,
  width,
  height,
}: SeriesProps & { readonly width: number; readonly height: number }) {
  const own = useId();
  const rows = rowsOf(series).filter((row) => xScale !== 'log' || row.x > 0);
  const [first = 0, last = 0] = given ?? [rows[0]?.x, rows.at(-1)?.x];
  const across = stepScale(first, last, xScale);
  const up = valueScale(valuesOf(series, levels), scale, from === 'zero');
  const right = width - room.right;
  const bottom = height - room.bottom;
  const place: Place = {
    x: (value) => room.left + across.share(value) * (right - room.left),
    y: (value) => bottom - up.share(value) * (bottom - room.top),
  };
  const point = (event: PointerEvent<SVGSVGElement>) => {
    const share = (event.nativeEvent.offsetX - room.left) / (right - room.left);
    const at = valueAt(across, Math.min(1, Math.max(0, share)), xScale);
    const row = nearest(rows, at);
    pointAt(link ?? own, row?.x ?? null);
    onPoint?.(row?.x ?? null);
  };
  const leave = () => {
    pointAt(link ?? own, null);
    onPoint?.(null);
  };
  return (
    <>
      <svg width={width} height={height} aria-hidden="true" onPointerMove={point} onPointerLeave={leave}>
        <Axes across={across} up={up} place={place} right={right} bottom={bottom} xLabel={xLabel} />
        {levels.map(({ y, label, at }) => (
          <g key={label}>
            <line
              x1={room.left}
              x2={right}
              y1={place.y(y)}
              y2={place.y(y)}
              stroke="var(--ink-2)"
              strokeDasharray="2 4"
            />
            <text
              x={at === 'start' ? room.left + 4 : right - 4}
              y={place.y(y) - 4}
              textAnchor={at}
              fontSize={11.5}
              fill="var(--ink-2)"
            >
              {label}
            </text>
          </g>
        ))}
        {marks.map(({ x: at, label }) => (
          <g key={`${at} ${label}`}>
            <line
              x1={place.x(at)}
              x2={place.x(at)}
              y1={room.top}
              y2={bottom}
              stroke="var(--accent)"
              strokeDasharray="4 3"
            />
            <text
              x={place.x(at) + (across.share(at) > 0.8 ? -4 : 4)}
              y={room.top + 9}
              textAnchor={across.share(at) > 0.8 ? 'end' : 'start'}
              fontSize={11.5}
              fill="var(--accent)"
            >
              {label}
            </text>
          </g>
        ))}
        {series.map((entry, index) => (
          <SeriesLine key={entry.name} series={entry} aside={index * aside} place={place} log={xScale === 'log'} />
        ))}
      </svg>
      <PlotPoint
        link={link ?? own}
        rows={rows}
        series={series}
        xLabel={xLabel}
        unit={unit}
        left={[room.left, right]}
        place={place.x}
        values={onPoint === undefined}
      />
    </>
  );
}

interface Place {
  x(value: number): number;
  y(value: number): number;
}

function Axes({
  across,
  up,
  place,
  right,
  bottom,
  xLabel,
}: {
  readonly across: Scale;
  readonly up: Scale;
  readonly place: Place;
  readonly right: number;
  readonly bottom: number;
  readonly xLabel: string;
}) {
  const label = { fontSize: 11.5, fill: 'var(--ink-2)' } as const;
  return (
    <g>
      {up.ticks.map((tick) => (
        <g key={tick}>
          <line x1={room.left} x2={right} y1={place.y(tick)} y2={place.y(tick)} stroke="var(--line)" />
          <text {...label} x={room.left - 6} y={place.y(tick) + 4} textAnchor="end">
            {shown(tick)}
          </text>
        </g>
      ))}
      <path d={`M${room.left} ${room.top}V${bottom}H${right}`} fill="none" stroke="var(--line-strong)" />
      {across.ticks.map((tick) => (
        <text {...label} key={tick} x={place.x(tick)} y={bottom + 15} textAnchor="middle">
          {shown(tick)}
        </text>
      ))}
      <text {...label} x={(room.left + right) / 2} y={bottom + 31} textAnchor="middle">
        {xLabel}
      </text>
    </g>
  );
}

function SeriesLine({
  series: { points, intervals, style, faded },
  aside: shift,
  place,
  log,
}: {
  readonly series: Series;
  /** Pixels that its intervals stand to the right of their points. */
  readonly aside: number;
  readonly place: Place;
  readonly log: boolean;
}) {
  const drawn = log ? points.filter(({ x }) => x > 0) : points;
  const path = drawn.map(({ x, y }) => `${place.x(x).toFixed(1)} ${place.y(y).toFixed(1)}`).join('L');
  const bars = (intervals ?? []).map(([low, high], index) => {
    const at = (place.x(points[index]?.x ?? 0) + shift).toFixed(1);
    return `M${at} ${place.y(low).toFixed(1)}V${place.y(high).toFixed(1)}`;
  });
  return (
    <g stroke={style.colour} strokeOpacity={faded ? 0.4 : 1} fill="none">
      {drawn.length > 1 && (
        <path d={`M${path}`} strokeWidth={faded ? 1 : 2} strokeDasharray={style.dash} strokeLinejoin="round" />
      )}
      {bars.length > 0 && <path d={bars.join('')} strokeWidth="1.2" />}
      {drawn.length <= sparse &&
        drawn.map(({ x, y }) => (
          <circle key={x} cx={place.x(x)} cy={place.y(y)} r="2.5" fill={style.colour} stroke="none" />
        ))}
    </g>
  );
}

function valuesOf(series: readonly Series[], levels: readonly Level[]): readonly number[] {
  return [
    ...series.flatMap(({ points, intervals }) => [...points.map(({ y }) => y), ...(intervals ?? []).flat()]),
    ...levels.map(({ y }) => y),
  ];
}

function valueAt({ first, last }: Scale, share: number, kind: 'linear' | 'log'): number {
  return kind === 'log' ? first * (last / first) ** share : first + share * (last - first);
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
