/**
 * The line chart with several series, drawn by hand as SVG. It is redrawn several times a second beside six others while a
 * model trains, so it costs a path a line and no object a point; recharts, which draws the other charts, took 20 to 60 ms.
 */
import { type PointerEvent, useId } from 'react';
import type { Point } from './decimate';
import { pointAt } from './linked-point';
import { type Place, PlotAxes, placeIn, room } from './PlotAxes';
import { Key, PlotFrame } from './PlotFrame';
import { nearest, PlotPoint } from './PlotPoint';
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
  readonly marks?: readonly Mark[];
  /** Charts of one name show the same x when one of them is pointed at. */
  readonly link?: string;
  readonly x?: readonly [number, number];
  /** Of the axis along the bottom; points at 0 and below have no place on a logarithmic one. */
  readonly xScale?: 'linear' | 'log';
  /** A number along the bottom. */
  xText?(value: number): string;
  /** Told the x that is pointed at, null when none is: whoever listens says the values, so the chart draws only a line. */
  onPoint?(x: number | null): void;
}

interface Mark {
  readonly x: number;
  readonly label: string;
  /** The label stands at the bottom, where the lines are at the top. */
  readonly low?: boolean;
}

interface Level {
  readonly y: number;
  readonly label: string;
  readonly at: 'start' | 'end';
}

/** A line of so few points shows each of them. */
const sparse = 12;

/** Pixels; on a narrower chart the numbers of a logarithmic axis would run into each other. */
const narrow = 420;

/** Pixels between the intervals of two series at one x, so that each can be told. */
const aside = 3;

export function SeriesPlot(props: SeriesProps) {
  const told = props.series.filter(({ quiet }) => !quiet);
  const key = told.length > 1 && <Key series={told} hidden={props.onPoint !== undefined} />;
  return <PlotFrame after={key}>{(size) => <Drawing {...props} {...size} />}</PlotFrame>;
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
  xText,
  onPoint,
  width,
  height,
}: SeriesProps & { readonly width: number; readonly height: number }) {
  const own = useId();
  const told = series.filter(({ quiet }) => !quiet);
  const rows = rowsOf(told).filter((row) => xScale !== 'log' || row.x > 0);
  const [first = 0, last = 0] = given ?? [rows[0]?.x, rows.at(-1)?.x];
  const across = stepScale(first, last, xScale);
  const up = valueScale(valuesOf(series, levels), scale, from === 'zero');
  const { right, bottom, place } = placeIn(across, up, width, height);
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
        <PlotAxes
          across={xScale === 'log' && width < narrow ? thinned(across) : across}
          up={up}
          place={place}
          right={right}
          bottom={bottom}
          xLabel={xLabel}
          {...(xText && { xText })}
        />
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
        {marks.map(({ x: at, label, low }) => (
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
              y={low ? bottom - 6 : room.top + 9}
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
        series={told}
        xLabel={xLabel}
        unit={unit}
        left={[room.left, right]}
        place={place.x}
        values={onPoint === undefined}
      />
    </>
  );
}

function SeriesLine({
  series: { points, intervals, band, style, faded, quiet, dots },
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
  const path = pathOf(drawn, place);
  const bars = (intervals ?? []).map(([low, high], index) => {
    const at = (place.x(points[index]?.x ?? 0) + shift).toFixed(1);
    return `M${at} ${place.y(low).toFixed(1)}V${place.y(high).toFixed(1)}`;
  });
  return (
    <g stroke={style.colour} strokeOpacity={faded ? 0.4 : 1} fill="none">
      {band && <path d={bandPath(points, band, place)} fill={style.colour} opacity="0.16" stroke="none" />}
      {drawn.length > 1 && !dots && (
        <path d={`M${path}`} strokeWidth={faded ? 1 : 2} strokeDasharray={style.dash} strokeLinejoin="round" />
      )}
      {bars.length > 0 && <path d={bars.join('')} strokeWidth="1.2" />}
      {!quiet &&
        (drawn.length <= sparse || dots) &&
        drawn.map(({ x, y }) => (
          <circle key={x} cx={place.x(x)} cy={place.y(y)} r={dots ? 4 : 2.5} fill={style.colour} stroke="none" />
        ))}
    </g>
  );
}

function pathOf(points: readonly Point[], place: Place): string {
  return points.map(({ x, y }) => `${place.x(x).toFixed(1)} ${place.y(y).toFixed(1)}`).join('L');
}

/** Along the upper ends and back along the lower ones. */
function bandPath(points: readonly Point[], band: readonly (readonly [number, number])[], place: Place): string {
  const edge = (end: 0 | 1) => points.map(({ x, y }, index) => ({ x, y: band[index]?.[end] ?? y }));
  return `M${pathOf(edge(1), place)}L${pathOf(edge(0).toReversed(), place)}Z`;
}

function valuesOf(series: readonly Series[], levels: readonly Level[]): readonly number[] {
  return [
    ...series.flatMap(({ points, intervals, band }) => [
      ...points.map(({ y }) => y),
      ...(intervals ?? []).flat(),
      ...(band ?? []).flat(),
    ]),
    ...levels.map(({ y }) => y),
  ];
}

/** Every other number. */
function thinned(scale: Scale): Scale {
  return { ...scale, ticks: scale.ticks.filter((_, index) => index % 2 === 0) };
}

function valueAt({ first, last }: Scale, share: number, kind: 'linear' | 'log'): number {
  return kind === 'log' ? first * (last / first) ** share : first + share * (last - first);
}
