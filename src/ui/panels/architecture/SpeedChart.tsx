/** Score against speed: along the Pareto front no arm is both faster and better. */
import { speedPoints } from '../../../lab/experiments/result-charts';
import { ChartCard } from '../../charts/ChartCard';
import { ScatterPlot } from '../../charts/ScatterPlot';
import { architectureText } from '../../i18n/architecture-text';
import { armStyle } from './arm-styles';
import { floorNear, isScored, unitOf } from './figures';
import type { ResultProps } from './sentences';

/** Names beside more points than this would cover each other. */
const mostNames = 8;

export function SpeedChart({ record, figures, metric }: ResultProps) {
  const { charts, results } = architectureText;
  const decoded = speedPoints(record, metric, 'decoding');
  const trained = decoded.length > 0 ? [] : speedPoints(record, metric, 'training');
  const found = decoded.length > 0 ? decoded : trained;
  const points = found.flatMap(({ arm, tokensPerSecond, spread, front }) => {
    const entry = figures.find((candidate) => candidate.arm.id === arm);
    return entry && isScored(entry) ? [{ ...entry, tokensPerSecond, spread, front }] : [];
  });
  const front = points.filter((point) => point.front).toSorted((a, b) => a.tokensPerSecond - b.tokensPerSecond);
  const floor = floorNear(
    metric === 'bitsPerCharacter' ? record.floor : null,
    points.map(({ summary }) => summary.mean),
  );
  return (
    <ChartCard
      title={charts.speed}
      sentence={
        points.length === 0
          ? results.empty
          : [charts.speedSentence(front.map(({ name }) => name)), trained.length > 0 && charts.speedNone]
              .filter(Boolean)
              .join(' ')
      }
      table={{
        columns: charts.speedColumns,
        rows: points.map(({ name, tokensPerSecond, spread, summary: { mean, interval }, front: on }) => [
          name,
          tokensPerSecond,
          ...spread,
          mean,
          interval?.[0] ?? null,
          interval?.[1] ?? null,
          on ? charts.yes : charts.no,
        ]),
      }}
      empty={results.empty}
      tall
    >
      <ScatterPlot
        groups={points.map(({ name, place, tokensPerSecond, spread, summary }) => ({
          name,
          colour: armStyle(place).colour,
          points: [{ x: tokensPerSecond, y: summary.mean, interval: summary.interval, across: spread }],
        }))}
        xLabel={trained.length > 0 ? charts.trainedPerSecond : charts.tokensPerSecond}
        yLabel={unitOf(metric)}
        line={front.map(({ tokensPerSecond, summary }) => ({ x: tokensPerSecond, y: summary.mean }))}
        levels={floor === null ? [] : [{ y: floor, label: results.floor(floor) }]}
        names={points.length <= mostNames ? 'beside' : 'none'}
      />
    </ChartCard>
  );
}
