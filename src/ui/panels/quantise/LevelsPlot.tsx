/**
 * The weights of a matrix as bars, those of one of its rows as striped bars over them on a scale of their own, and the values that a
 * weight of that row can become as lines from top to bottom.
 */
import { useId } from 'react';
import type { MatrixReading } from '../../../worker/quantise-protocol';
import chartStyles from '../../charts/ChartCard.module.css';
import { PlotAxes, placeIn, room } from '../../charts/PlotAxes';
import { PlotFrame } from '../../charts/PlotFrame';
import { valueScale } from '../../charts/plot-scale';
import { quantiseText } from '../../i18n/quantise-text';

const words = quantiseText.matrix;

/** The row's tallest bar, as a share of the drawing: lower, so that the matrix is seen behind it. */
const rowHeight = 0.55;
/** So many lines would hide the bars: they are drawn pale. */
const manyLevels = 40;

type Props = Pick<MatrixReading, 'histogram' | 'rowCounts' | 'levels'>;

export function LevelsPlot(props: Props) {
  const id = useId();
  return (
    <PlotFrame after={<Key id={id} />}>
      {(size) => <Drawing {...props} {...size} stripes={`${id}-stripes`} />}
    </PlotFrame>
  );
}

function Drawing({
  histogram: { from, to, counts },
  rowCounts,
  levels,
  width,
  height,
  stripes,
}: Props & { readonly width: number; readonly height: number; readonly stripes: string }) {
  const reach = Math.max(Math.abs(from), Math.abs(to), ...levels.map(Math.abs)) || 1;
  const across = valueScale([-reach, reach], 'linear', false);
  const up = valueScale([0, ...counts], 'linear', true);
  const { right, bottom, place } = placeIn(across, up, width, height);
  const step = (to - from) / counts.length;
  const mostOfRow = Math.max(1, ...rowCounts);
  const bars = (values: readonly number[], tall: (value: number) => number) =>
    values.flatMap((value, bar) => {
      if (value === 0) return [];
      const left = place.x(from + bar * step);
      const wide = Math.max(1, place.x(from + (bar + 1) * step) - left);
      const high = Math.max(1, tall(value));
      return [`M${left.toFixed(1)} ${bottom}v${-high.toFixed(1)}h${wide.toFixed(1)}v${high.toFixed(1)}Z`];
    });
  const matrix = bars(counts, (value) => bottom - place.y(value));
  const row = bars(rowCounts, (value) => (value / mostOfRow) * rowHeight * (bottom - room.top));
  return (
    <svg width={width} height={height} aria-hidden="true">
      <Stripes id={stripes} />
      <PlotAxes
        across={width < 420 ? { ...across, ticks: across.ticks.filter((_, index) => index % 2 === 0) } : across}
        up={up}
        place={place}
        right={right}
        bottom={bottom}
        xLabel={words.axis}
      />
      <path d={matrix.join('')} fill="var(--run-1)" fillOpacity="0.35" />
      <path d={row.join('')} fill={`url(#${stripes})`} stroke="var(--run-2)" strokeWidth="0.8" />
      <g stroke="var(--ink)" strokeOpacity={levels.length > manyLevels ? 0.3 : 0.85} strokeWidth="1">
        {levels.map((level) => (
          <line key={level} x1={place.x(level)} x2={place.x(level)} y1={room.top} y2={bottom} strokeDasharray="4 3" />
        ))}
      </g>
    </svg>
  );
}

function Stripes({ id }: { readonly id: string }) {
  return (
    <defs>
      <pattern id={id} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="6" height="6" fill="var(--surface)" />
        <rect width="3" height="6" fill="var(--run-2)" />
      </pattern>
    </defs>
  );
}

function Key({ id }: { readonly id: string }) {
  return (
    <ul className={chartStyles.key}>
      <li>
        <svg width="16" height="10" aria-hidden="true">
          <rect width="16" height="10" fill="var(--run-1)" fillOpacity="0.35" />
        </svg>
        {words.key.matrix}
      </li>
      <li>
        <svg width="16" height="10" aria-hidden="true">
          <Stripes id={`${id}-key`} />
          <rect width="16" height="10" fill={`url(#${id}-key)`} stroke="var(--run-2)" />
        </svg>
        {words.key.row}
      </li>
      <li>
        <svg width="16" height="10" aria-hidden="true">
          <line x1="8" x2="8" y2="10" stroke="var(--ink)" strokeDasharray="4 2" />
        </svg>
        {words.key.levels}
      </li>
    </ul>
  );
}
