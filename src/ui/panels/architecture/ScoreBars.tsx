/** The mean score of every arm with its interval and the seeds behind it; the best first where there are many. */
import { ChartCard } from '../../charts/ChartCard';
import { IntervalBars, intervalBarsHeight } from '../../charts/IntervalBars';
import { text } from '../../i18n/catalogue';
import { armStyle } from './arm-styles';
import { best, isScored, unitOf } from './figures';
import type { ResultProps } from './sentences';

/** More rows are only in the table. */
const mostRows = 12;
const fewestRows = 5;

export function ScoreBars({ record, figures, metric }: ResultProps) {
  const { charts, results } = text.architecture;
  const many = figures.length > mostRows;
  const scored = many ? best(record, metric, figures) : figures.filter(isScored);
  const floor = metric === 'bitsPerCharacter' ? record.floor : null;
  return (
    <ChartCard
      title={charts.bars}
      sentence={[
        scored.length > 0 ? results.interval : results.empty,
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
      height={intervalBarsHeight(Math.max(fewestRows, Math.min(mostRows, figures.length)))}
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
        levels={floor === null ? [] : [{ value: floor, label: results.floor(floor) }]}
        format={results.value[metric]}
      />
    </ChartCard>
  );
}
