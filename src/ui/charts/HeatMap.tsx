/** A value for each pair of two lists: the stronger the colour the better, the number in each field, the best one framed. */
import { PlotFrame } from './PlotFrame';

export interface HeatCell {
  /** Null: nothing is known there yet. */
  readonly value: number | null;
  /** 0 is the worst, 1 the best. */
  readonly share: number;
  readonly note: string;
}

const left = 92;
const top = 24;

export function HeatMap({
  columns,
  rows,
  cells,
  format,
}: {
  readonly columns: readonly string[];
  readonly rows: readonly string[];
  /** `cells[row][column]` */
  readonly cells: readonly (readonly HeatCell[])[];
  format(value: number): string;
}) {
  return (
    <PlotFrame>
      {({ width, height }) => {
        const across = (width - left - 4) / columns.length;
        const down = Math.min(64, (height - top - 4) / rows.length);
        return (
          <svg width={width} height={height} aria-hidden="true">
            {columns.map((name, column) => (
              <text
                key={name}
                x={left + (column + 0.5) * across}
                y={15}
                fontSize={11.5}
                fill="var(--ink-2)"
                textAnchor="middle"
              >
                {name}
              </text>
            ))}
            {rows.map((name, row) => (
              <g key={name}>
                <text
                  x={left - 8}
                  y={top + (row + 0.5) * down + 4}
                  fontSize={11.5}
                  fill="var(--ink-2)"
                  textAnchor="end"
                >
                  {name}
                </text>
                {columns.map((column, index) => {
                  const { value = null, share = 0, note = '' } = cells[row]?.[index] ?? {};
                  const [x, y] = [left + index * across, top + row * down];
                  return (
                    <g key={column}>
                      <rect
                        x={x + 1}
                        y={y + 1}
                        width={Math.max(1, across - 2)}
                        height={Math.max(1, down - 2)}
                        rx="4"
                        fill="var(--run-1)"
                        fillOpacity={value === null ? 0.02 : 0.06 + 0.34 * share}
                        stroke={share === 1 ? 'var(--ink)' : 'var(--line)'}
                        strokeWidth={share === 1 ? 2 : 1}
                        strokeDasharray={value === null ? '3 3' : ''}
                      />
                      <text
                        x={x + across / 2}
                        y={y + down / 2 + (note === '' || down < 40 ? 4 : -2)}
                        fontSize={12.5}
                        fontWeight={share === 1 ? 650 : 400}
                        fill="var(--ink)"
                        textAnchor="middle"
                      >
                        {value === null ? '–' : format(value)}
                      </text>
                      {down >= 40 && (
                        <text
                          x={x + across / 2}
                          y={y + down / 2 + 14}
                          fontSize={11}
                          fill="var(--ink-2)"
                          textAnchor="middle"
                        >
                          {note}
                        </text>
                      )}
                    </g>
                  );
                })}
              </g>
            ))}
          </svg>
        );
      }}
    </PlotFrame>
  );
}
