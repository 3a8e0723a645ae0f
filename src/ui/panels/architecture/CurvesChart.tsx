/** How the arms learn: the mean held-out loss with its band, thin lines for the seeds, and the runs that are under way. */
import { meanCurve } from '../../../lab/experiments/result-charts';
import type { JobReport } from '../../../worker/experiment-protocol';
import { ChartCard } from '../../charts/ChartCard';
import { SeriesPlot } from '../../charts/SeriesPlot';
import { architectureText } from '../../i18n/architecture-text';
import { useExperiments } from '../../state/experiments';
import { clampBands, curveSeries } from './curve-series';
import { best, curveMetric, floorNear } from './figures';
import type { ResultProps } from './sentences';

/** More lines cannot be told apart. */
const most = 6;

const noJobs: readonly JobReport[] = [];

export function CurvesChart({ record, figures, metric }: ResultProps) {
  const { charts, results } = architectureText;
  const unit = curveMetric(metric);
  const jobs = useExperiments(({ underWay }) => underWay[record.id]?.jobs) ?? noJobs;
  const known = figures.filter(({ runs, arm }) => runs.length > 0 || jobs.some(({ job }) => job.arm === arm.id));
  const leading = best(record, metric, figures).slice(0, most);
  const drawn = known.length > most ? known.filter((entry) => leading.some(({ arm }) => arm === entry.arm)) : known;
  const curves = drawn.map((entry) => ({
    entry,
    mean: meanCurve(record, entry.arm.id, unit).filter(({ step }) => step > 0),
    live: jobs.filter(({ job }) => job.arm === entry.arm.id && job.purpose === 'run'),
  }));
  const banded = curves.some(({ mean }) => mean.some(({ interval }) => interval));
  const series = clampBands(curves.flatMap((curve) => curveSeries(curve, unit)));
  const floor = floorNear(
    unit === 'bitsPerCharacter' ? record.floor : null,
    series.flatMap(({ points }) => points.map(({ y }) => y)),
  );
  return (
    <ChartCard
      title={charts.curves}
      sentence={[
        series.length === 0 ? results.emptyCurves : charts.curvesSentence(drawn.length, results.units[unit], banded),
        known.length > most && charts.most(most),
      ]
        .filter(Boolean)
        .join(' ')}
      table={{
        columns: charts.curvesColumns,
        rows: curves.flatMap(({ entry, mean }) =>
          mean.map((point) => [
            entry.name,
            point.step,
            point.mean,
            point.interval?.[0] ?? null,
            point.interval?.[1] ?? null,
            point.n,
          ]),
        ),
      }}
      drawn={series.length > 0}
      empty={results.emptyCurves}
      tall
    >
      <SeriesPlot
        series={series}
        xLabel={results.axis}
        unit={results.units[unit]}
        from="data"
        levels={floor === null ? [] : [{ y: floor, label: results.floor(floor), at: 'start' as const }]}
      />
    </ChartCard>
  );
}
