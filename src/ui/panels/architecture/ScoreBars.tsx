/** The mean score of every arm with its interval and the seeds behind it; the best first where there are many. */
import { ChartCard } from '../../charts/ChartCard';
import { IntervalBars, intervalBarsHeight } from '../../charts/IntervalBars';
import { architectureText } from '../../i18n/architecture-text';
import { armStyle } from './arm-styles';
import { best, floorNear, isScored, unitOf } from './figures';
import type { ResultProps } from './sentences';

/** More rows are only in the table. */
const mostRows = 12;
/** Pixels of the chart beside it. */
const leastHeight = 300;

export function ScoreBars({ record, figures, metric }: ResultProps) {
  const { charts, results } = architectureText;
  const many = figures.length > mostRows;
  const scored = many ? best(record, metric, figures) : figures.filter(isScored);
  const floor = metric === 'bitsPerCharacter' ? record.floor : null;
  const near = floorNear(
    floor,
    scored.flatMap(({ values }) => values),
  );
  return (
    <ChartCard
      title={charts.bars}
      sentence={[
        scored.length === 0
          ? results.empty
          : scored.some(({ summary }) => summary.interval)
            ? results.interval
            : results.one,
        floor !== null && results.floorSentence(floor),
        many && charts.most(mostRows),
      ]
        .filter(Boolean)
        .join(' ')}
      table={{
        columns: charts.barsColumns,
        rows: scored.map(({ name, summary: { mean, interval, n } }) => [
          name,
          mean,
          interval?.[0] ?? null,
          interval?.[1] ?? null,
          n,
        ]),
      }}
      empty={results.empty}
      height={Math.max(leastHeight, intervalBarsHeight(Math.min(mostRows, figures.length)))}
    >
      <IntervalBars
        rows={scored.slice(0, mostRows).map(({ name, place, summary, values }) => ({
          name,
          note: results.n(summary.n),
          style: armStyle(place),
          mean: summary.mean,
          interval: summary.interval,
          values,
        }))}
        label={unitOf(metric)}
        levels={near === null ? [] : [{ value: near, label: results.floor(near) }]}
        format={results.value[metric]}
      />
    </ChartCard>
  );
}
