/** The axes of a chart drawn by hand: lines and numbers on the left, numbers and the name of the axis below. */
import { shown } from './plot-parts';
import type { Scale } from './plot-scale';

/** Pixels around the drawing: room for numbers on the left and below, and for the name of the axis. */
export const room = { top: 10, right: 16, bottom: 36, left: 58 } as const;

export interface Place {
  x(value: number): number;
  y(value: number): number;
}

/** Where values stand in a drawing of that size. */
export function placeIn(across: Scale, up: Scale, width: number, height: number) {
  const right = width - room.right;
  const bottom = height - room.bottom;
  const place: Place = {
    x: (value) => room.left + across.share(value) * (right - room.left),
    y: (value) => bottom - up.share(value) * (bottom - room.top),
  };
  return { right, bottom, place };
}

export function PlotAxes({
  across,
  up,
  place,
  right,
  bottom,
  xLabel,
  xText = shown,
}: {
  readonly across: Scale;
  readonly up: Scale;
  readonly place: Place;
  readonly right: number;
  readonly bottom: number;
  readonly xLabel: string;
  /** A number along the bottom. */
  xText?(value: number): string;
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
          {xText(tick)}
        </text>
      ))}
      <text {...label} x={(room.left + right) / 2} y={bottom + 31} textAnchor="middle">
        {xLabel}
      </text>
    </g>
  );
}
