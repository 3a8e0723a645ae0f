/** The score over two axes, one field an arm. */
import { asScore } from '../../../lab/experiments/metrics';
import { heatMap } from '../../../lab/experiments/result-charts';
import { ChartCard } from '../../charts/ChartCard';
import { HeatMap } from '../../charts/HeatMap';
import { architectureText } from '../../i18n/architecture-text';
import { best } from './figures';
import { valueName } from './names';
import type { ResultProps } from './sentences';

export function HeatChart({ record, figures, metric }: ResultProps) {
  const { charts, results, plan } = architectureText;
  const map = heatMap(record, metric);
  if (!map) return null;
  const order = best(record, metric, figures);
  const [first, last] = [order[0], order.at(-1)];
  const score = (mean: number) => asScore(metric, mean);
  const [most, least] = [score(first?.summary.mean ?? 0), score(last?.summary.mean ?? 0)];
  const shown = results.value[metric];
  const rows = map.rows.values.map((value) => valueName(map.rows.key, value));
  const columns = map.columns.values.map((value) => valueName(map.columns.key, value));
  const cells = map.cells.map((row) =>
    row.map((summary) => {
      const mean = summary?.mean ?? null;
      const share = mean === null ? 0 : most === least ? 1 : (score(mean) - least) / (most - least);
      return { value: mean, share, note: mean === null ? '' : results.n(summary?.n ?? 0) };
    }),
  );
  return (
    <ChartCard
      title={charts.heat}
      sentence={first ? charts.heatSentence(first.name, shown(first.summary.mean)) : results.empty}
      table={{
        columns: [plan.arm, ...columns],
        rows: first ? rows.map((name, row) => [name, ...(cells[row] ?? []).map(({ value }) => value)]) : [],
      }}
      empty={results.empty}
      tall
    >
      <HeatMap columns={columns} rows={rows} cells={cells} format={shown} />
    </ChartCard>
  );
}
