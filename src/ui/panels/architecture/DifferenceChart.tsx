/** The two arms of a pair along the run: first minus second, seed by seed, with the interval of the mean. */
import { ChartCard } from '../../charts/ChartCard';
import { SeriesPlot } from '../../charts/SeriesPlot';
import { seriesStyle } from '../../charts/series';
import { architectureText } from '../../i18n/architecture-text';
import { curveMetric, differenceCurve } from './figures';
import type { ResultProps } from './sentences';

export function DifferenceChart({ figures, metric }: Pick<ResultProps, 'figures' | 'metric'>) {
  const words = architectureText;
  const unit = curveMetric(metric);
  // What was changed, against what it was changed from.
  const [base, changed] = figures;
  const points = base && changed ? differenceCurve(changed, base, unit) : [];
  return (
    <ChartCard
      title={words.charts.difference}
      sentence={
        points.length === 0
          ? words.results.emptyCurves
          : words.charts.differenceSentence(changed?.name ?? '', base?.name ?? '', points.at(-1)?.n ?? 0)
      }
      table={{
        columns: words.charts.differenceColumns,
        rows: points.map(({ step, mean, interval, n }) => [
          step,
          mean,
          interval?.[0] ?? null,
          interval?.[1] ?? null,
          n,
        ]),
      }}
      empty={words.results.emptyCurves}
      tall
    >
      <SeriesPlot
        series={[
          {
            name: words.charts.difference,
            points: points.map(({ step, mean }) => ({ x: step, y: mean })),
            ...(points.some(({ interval }) => interval) && {
              band: points.map(({ mean, interval }) => interval ?? ([mean, mean] as const)),
            }),
            style: seriesStyle(3),
          },
        ]}
        xLabel={words.results.axis}
        unit={words.results.units[unit]}
        from="zero"
        levels={[{ y: 0, label: words.charts.equal, at: 'end' }]}
      />
    </ChartCard>
  );
}
