/** The lines of one arm along the run: thin ones for its seeds, one for a run under way, and its mean with a band. */
import type { JobPoint } from '../../../lab/experiments/experiment';
import type { MeanPoint } from '../../../lab/experiments/result-charts';
import type { JobReport } from '../../../worker/experiment-protocol';
import type { Point } from '../../charts/decimate';
import type { Series } from '../../charts/series';
import { architectureText } from '../../i18n/architecture-text';
import { armStyle } from './arm-styles';
import type { ArmFigures, CurveMetric } from './figures';

export interface ArmCurve {
  readonly entry: ArmFigures;
  readonly mean: readonly MeanPoint[];
  readonly live: readonly JobReport[];
}

export function curveSeries({ entry, mean, live }: ArmCurve, metric: CurveMetric): readonly Series[] {
  const style = armStyle(entry.place);
  const seeds = entry.runs.map(
    ({ seed, result }): Series => ({
      name: `${entry.name} ${seed}`,
      points: pointsOf(result.points, metric),
      style: { ...style, dash: '' },
      faded: true,
      quiet: true,
    }),
  );
  const running = live.map(
    ({ job, curves }): Series => ({
      name: architectureText.charts.live(entry.name, job.seed),
      points: pointsOf(curves.evaluations, metric),
      style,
      faded: true,
    }),
  );
  const middle: Series = {
    name: entry.name,
    points: mean.map(({ step, mean: y }) => ({ x: step, y })),
    ...(mean.some(({ interval }) => interval) && {
      band: mean.map(({ mean: y, interval }) => interval ?? ([y, y] as const)),
    }),
    style,
  };
  return [...seeds, ...running, middle].filter(({ points }) => points.length > 0);
}

/**
 * Bands of two seeds may reach many times as far as the curves are apart, and would press them into one: they are cut where
 * they leave the curves by half of what these span. The table has them whole.
 */
export function clampBands(series: readonly Series[]): readonly Series[] {
  const values = series.flatMap(({ points }) => points.map(({ y }) => y));
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = (most - least) / 2;
  const within = (value: number) => Math.min(most + room, Math.max(least - room, value));
  return series.map(({ band, ...rest }) =>
    band ? { ...rest, band: band.map(([low, high]) => [within(low), within(high)] as const) } : rest,
  );
}

/** Without the fresh model, which stands so far above the rest that nothing else could be read. */
function pointsOf(points: readonly JobPoint[], metric: CurveMetric): readonly Point[] {
  return points.filter(({ step }) => step > 0).map((point) => ({ x: point.step, y: point[metric] }));
}
