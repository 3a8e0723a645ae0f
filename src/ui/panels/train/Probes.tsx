/** How many questions about unseen stories the model gets right, by kind, with Wilson intervals. */
import type { RunRecord } from '../../../lab/run-record';
import { proportion } from '../../../lab/statistics';
import type { ProbePoint } from '../../../train/curves';
import { ChartCard } from '../../charts/ChartCard';
import { SeriesPlot } from '../../charts/SeriesPlot';
import { type Series, seriesStyle } from '../../charts/series';
import { text } from '../../i18n/catalogue';
import { link, marksOf } from './chart-marks';
import { tableRows } from './curve-points';

export function Probes({ run }: { readonly run: RunRecord | null }) {
  const words = text.train.charts.probes;
  const probes = run?.curves.probes ?? [];
  const series = probeSeries(probes);
  const last = probes.at(-1)?.step;
  const now = probes.filter(({ step }) => step === last);
  const best = now.toSorted((a, b) => b.correct / b.n - a.correct / a.n)[0];
  const interval = best && proportion(best.correct, best.n).interval;
  return (
    <ChartCard
      title={words.title}
      sentence={
        best && interval
          ? words.sentence(best.kind, best.correct / best.n, interval[0], interval[1], best.n)
          : words.none
      }
      table={{
        columns: words.columns,
        rows: probes.map(({ step, kind, correct, n }) => [step, kind, correct, n, ...proportion(correct, n).interval]),
      }}
      empty={run && run.recipe.probeEvery === 0 ? words.off : text.train.charts.empty}
    >
      <SeriesPlot
        series={series}
        xLabel={text.train.charts.axis}
        unit=""
        marks={marksOf(run?.curves.changes ?? [])}
        link={link}
      />
    </ChartCard>
  );
}

/** Rounds that are drawn: more intervals side by side cannot be read. */
const rounds = 16;

/** One line a kind, in the order in which the kinds first came. */
function probeSeries(probes: readonly ProbePoint[]): readonly Series[] {
  const kinds = [...new Set(probes.map(({ kind }) => kind))];
  return kinds.map((kind, index) => {
    const own = tableRows(
      probes.filter((point) => point.kind === kind && point.n > 0),
      rounds,
    );
    return {
      name: kind,
      style: seriesStyle(index),
      points: own.map(({ step, correct, n }) => ({ x: step, y: correct / n })),
      intervals: own.map(({ correct, n }) => proportion(correct, n).interval),
    };
  });
}
