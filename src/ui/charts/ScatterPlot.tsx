/** Points of several groups in a plane, each group told by colour and shape; with intervals both ways and one line through some. */

import { formatCount } from '../format/numbers';
import styles from './ChartCard.module.css';
import { PlotAxes, placeIn } from './PlotAxes';
import { PlotFrame } from './PlotFrame';
import { valueScale } from './plot-scale';

export interface ScatterGroup {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly ScatterPoint[];
}

export interface ScatterPoint {
  readonly x: number;
  readonly y: number;
  /** Of y. */
  readonly interval?: readonly [number, number] | null;
  /** Least and most of x. */
  readonly across?: readonly [number, number];
}

type Shape = (x: number, y: number, size: number) => string;

/** Told apart without colour. */
const shapes: readonly [Shape, ...Shape[]] = [
  (x, y, r) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`,
  (x, y, r) => `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}Z`,
  (x, y, r) => `M${x} ${y - 1.2 * r}l${1.2 * r} ${2.1 * r}h${-2.4 * r}Z`,
  (x, y, r) => `M${x} ${y - 1.3 * r}l${1.3 * r} ${1.3 * r}l${-1.3 * r} ${1.3 * r}l${-1.3 * r} ${-1.3 * r}Z`,
  (x, y, r) => `M${x - r} ${y - r}L${x + r} ${y + r}M${x + r} ${y - r}L${x - r} ${y + r}`,
  (x, y, r) => `M${x - r} ${y}H${x + r}M${x} ${y - r}V${y + r}`,
];

function shapeOf(group: number): Shape {
  return shapes[group % shapes.length] ?? shapes[0];
}

export function ScatterPlot({
  groups,
  xLabel,
  yLabel,
  line = [],
  levels = [],
  size = 4.5,
  names = 'key',
}: {
  readonly groups: readonly ScatterGroup[];
  readonly xLabel: string;
  readonly yLabel: string;
  /** Corners of a dashed line, in order. */
  readonly line?: readonly ScatterPoint[];
  readonly levels?: readonly { readonly y: number; readonly label: string }[];
  readonly size?: number;
  /** Where the names of the groups stand: under the drawing, each beside its first point, or nowhere. */
  readonly names?: 'key' | 'beside' | 'none';
}) {
  const points = groups.flatMap((group) => group.points);
  const across = valueScale(
    points.flatMap(({ x, across: ends }) => [x, ...(ends ?? [])]),
    'linear',
    false,
  );
  const up = valueScale(
    [...points.flatMap(({ y, interval }) => [y, ...(interval ?? [])]), ...levels.map(({ y }) => y)],
    'linear',
    false,
  );
  const key = names === 'key' && <ShapeKey groups={groups} />;
  return (
    <PlotFrame after={key}>
      {({ width, height }) => {
        const { right, bottom, place } = placeIn(across, up, width, height);
        const thin = {
          ...across,
          ticks: width < 420 ? across.ticks.filter((_, index) => index % 2 === 0) : across.ticks,
        };
        return (
          <svg width={width} height={height} aria-hidden="true">
            <PlotAxes
              across={thin}
              up={up}
              place={place}
              right={right}
              bottom={bottom}
              xLabel={`${xLabel} · ↑ ${yLabel}`}
              xText={formatCount}
            />
            {levels.map(({ y, label }) => (
              <g key={label}>
                <line x1={58} x2={right} y1={place.y(y)} y2={place.y(y)} stroke="var(--ink-2)" strokeDasharray="2 4" />
                <text x={62} y={place.y(y) - 4} fontSize={11.5} fill="var(--ink-2)">
                  {label}
                </text>
              </g>
            ))}
            {line.length > 1 && (
              <path
                d={`M${line.map(({ x, y }) => `${place.x(x).toFixed(1)} ${place.y(y).toFixed(1)}`).join('L')}`}
                fill="none"
                stroke="var(--ink-2)"
                strokeDasharray="3 4"
              />
            )}
            {groups.map(({ name, colour, points: own }, group) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two groups may have one name.
              <g key={group} fill={colour} stroke={colour} strokeWidth="1.6">
                {own.map(({ x, y, interval, across: ends }, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a point is its place in the group.
                  <g key={index}>
                    {interval && (
                      <line x1={place.x(x)} x2={place.x(x)} y1={place.y(interval[0])} y2={place.y(interval[1])} />
                    )}
                    {ends && <line x1={place.x(ends[0])} x2={place.x(ends[1])} y1={place.y(y)} y2={place.y(y)} />}
                    <path d={shapeOf(group)(place.x(x), place.y(y), size)} fillOpacity={names === 'key' ? 0.55 : 1} />
                  </g>
                ))}
                {names === 'beside' && own[0] && (
                  <text
                    x={place.x(own[0].x) + (across.share(own[0].x) > 0.7 ? -9 : 9)}
                    y={place.y(own[0].y) + (group % 2 === 0 ? -7 : 16)}
                    fontSize={11.5}
                    fill="var(--ink)"
                    stroke="none"
                    textAnchor={across.share(own[0].x) > 0.7 ? 'end' : 'start'}
                  >
                    {name}
                  </text>
                )}
              </g>
            ))}
          </svg>
        );
      }}
    </PlotFrame>
  );
}

function ShapeKey({ groups }: { readonly groups: readonly ScatterGroup[] }) {
  return (
    <ul className={styles.key}>
      {groups.map(({ name, colour }, group) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two groups may have one name.
        <li key={group}>
          <svg width="12" height="12" aria-hidden="true" fill={colour} stroke={colour} strokeWidth="1.6">
            <path d={shapeOf(group)(6, 6, 4)} />
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}
