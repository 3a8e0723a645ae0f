/** The charts of the page on recharts. Loaded lazily through `Plots.tsx`: nothing else may import this file. */
import {
  Bar,
  BarChart,
  CartesianGrid,
  Label,
  Legend,
  Line,
  LineChart,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import type { Point } from './decimate';
import { axis, shown, tooltip } from './plot-parts';

export interface LineProps {
  readonly points: readonly Point[];
  readonly xLabel: string;
  readonly unit: string;
}

export function LinePlot({ points, xLabel, unit }: LineProps) {
  return (
    <ResponsiveContainer width="100%" height="100%">
      <LineChart data={[...points]} margin={{ top: 8, right: 12, bottom: 18, left: 0 }} accessibilityLayer={false}>
        <CartesianGrid stroke="var(--line)" vertical={false} />
        <XAxis dataKey="x" type="number" domain={['dataMin', 'dataMax']} {...axis}>
          <Label value={xLabel} position="bottom" offset={2} fill="var(--ink-2)" fontSize={11.5} />
        </XAxis>
        <YAxis width={52} tickFormatter={shown} domain={[0, 'auto']} {...axis} />
        <Tooltip {...tooltip} formatter={(value) => [`${shown(value)} ${unit}`, '']} separator="" />
        <Line dataKey="y" stroke="var(--run-1)" strokeWidth={2} dot={false} isAnimationActive={false} />
      </LineChart>
    </ResponsiveContainer>
  );
}

export interface BarsProps {
  readonly rows: readonly { readonly name: string; readonly value: number; readonly beside?: number }[];
  readonly unit: string;
  readonly layout: 'lying' | 'standing';
  /** Names of the bar and of the striped bar beside it. */
  readonly names?: readonly [string, string];
}

export function BarPlot({ rows, unit, layout, names }: BarsProps) {
  const lying = layout === 'lying';
  const margin = { top: 8, right: 16, bottom: 4, left: 4 };
  return (
    <ResponsiveContainer width="100%" height="100%">
      <BarChart
        data={[...rows]}
        layout={lying ? 'vertical' : 'horizontal'}
        margin={margin}
        barCategoryGap="22%"
        accessibilityLayer={false}
      >
        <defs>
          <pattern id="stripes" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect width="6" height="6" fill="var(--surface)" />
            <rect width="3" height="6" fill="var(--run-2)" />
          </pattern>
        </defs>
        <CartesianGrid stroke="var(--line)" vertical={lying} horizontal={!lying} />
        {lying ? (
          <>
            <XAxis type="number" tickFormatter={shown} {...axis} />
            <YAxis type="category" dataKey="name" width={176} interval={0} {...axis} />
          </>
        ) : (
          <>
            <XAxis dataKey="name" {...axis} />
            <YAxis width={52} tickFormatter={shown} {...axis} />
          </>
        )}
        <Tooltip
          {...tooltip}
          formatter={(value, name) => [`${shown(value)} ${unit}`, names ? name : '']}
          separator={names ? ': ' : ''}
        />
        {names && <Legend iconSize={10} wrapperStyle={{ fontSize: 12 }} />}
        <Bar dataKey="value" name={names?.[0] ?? unit} fill="var(--run-1)" maxBarSize={36} isAnimationActive={false} />
        {names && (
          <Bar
            dataKey="beside"
            name={names[1]}
            fill="url(#stripes)"
            stroke="var(--run-2)"
            maxBarSize={36}
            isAnimationActive={false}
          />
        )}
      </BarChart>
    </ResponsiveContainer>
  );
}
