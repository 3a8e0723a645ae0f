/** GLM's explanation tested: how far the weights of each shipped model reach, against what the scheme costs it. */
import { type SchemeId, schemes } from '../../../quant/schemes';
import type { RangeRow } from '../../../worker/quantise-protocol';
import { ChartCard } from '../../charts/ChartCard';
import { ScatterPlot } from '../../charts/ScatterPlot';
import { seriesStyle } from '../../charts/series';
import controls from '../../controls/controls.module.css';
import { Scroll } from '../../controls/Scroll';
import { quantiseText } from '../../i18n/quantise-text';
import { isPending } from '../../state/engine';
import { useManifest } from '../../state/manifest';
import { useQuantise } from '../../state/quantise';
import { compareRanges } from '../../state/quantise-commands';
import { useRecordedQuantise } from '../../state/recorded-quantise';
import { holdsZero, rangeVerdict } from './figures';
import styles from './quantise.module.css';
import { useQuantiseForm } from './useQuantiseForm';
import { Working } from './Working';

const words = quantiseText.ranges;

export function Ranges() {
  const { found, recorded } = useFound();
  const nameOf = useNames();
  const rows = found?.rows ?? [];
  return (
    <ChartCard
      title={words.title}
      sentence={found ? words.sentence(recorded, quantiseText.schemeName(schemes[found.scheme])) : words.idle}
      table={{
        columns: words.tableColumns,
        rows: rows.map(({ model, parameters, reach, before, after, difference }) => [
          nameOf(model),
          parameters,
          reach,
          before.value,
          after.value,
          difference.value,
          difference.low,
          difference.high,
        ]),
      }}
      empty={words.empty}
      tall
      extra={recorded && <span className={styles.tag}>{quantiseText.recorded}</span>}
      foot={
        <>
          <Measure />
          {rows.length > 0 && <Table rows={rows} />}
          <p className={styles.rule}>
            <b>{words.explanation}</b> {words.explanationText} <b>{words.verdicts[rangeVerdict(rows)]}</b>
          </p>
        </>
      }
    >
      <ScatterPlot
        groups={rows.map(({ model, reach, difference }, index) => ({
          name: nameOf(model),
          colour: seriesStyle(index).colour,
          points: [{ x: reach, y: difference.value, interval: [difference.low, difference.high] }],
        }))}
        xLabel={words.axis}
        yLabel={words.loss}
        levels={[{ y: 0, label: words.as }]}
      />
    </ChartCard>
  );
}

interface Found {
  readonly scheme: SchemeId;
  readonly rows: readonly RangeRow[];
}

function useFound(): { readonly found: Found | null; readonly recorded: boolean } {
  const own = useQuantise((state) => state.ranges);
  const record = useRecordedQuantise((state) => state.recorded);
  return own ? { found: own, recorded: false } : { found: record?.ranges ?? null, recorded: Boolean(record?.ranges) };
}

function useNames(): (id: string) => string {
  const models = useManifest((state) => state.models);
  return (id) => models.find((model) => model.id === id)?.name ?? id;
}

function Measure() {
  const { scheme } = useQuantiseForm();
  const models = useManifest((state) => state.models);
  const busy = useQuantise((state) => isPending(state.pending, 'compareRanges'));
  const bySize = models.toSorted((a, b) => a.bytes - b.bytes).map(({ id }) => id);
  return (
    <div className={styles.measure}>
      <button
        type="button"
        className={controls.plain}
        disabled={busy || models.length === 0}
        onClick={() => compareRanges(scheme, bySize)}
      >
        {words.measure}
      </button>
      <small>{words.cost(models.length)}</small>
      <Working request="compareRanges" />
    </div>
  );
}

function Table({ rows }: { readonly rows: readonly RangeRow[] }) {
  const nameOf = useNames();
  const { results } = quantiseText;
  return (
    <Scroll label={words.table}>
      <table>
        <thead>
          <tr>
            {words.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ model, parameters, reach, before, after, difference }) => (
            <tr key={model}>
              <th scope="row">{nameOf(model)}</th>
              <td>{words.big(parameters)}</td>
              <td>{words.reach(reach)}</td>
              <td>{words.bits(before.value)}</td>
              <td>{words.bits(after.value)}</td>
              <td>
                {holdsZero(difference) ? results.same : <b>{results.signedBits(difference.value)}</b>}{' '}
                <small>
                  {quantiseText.interval(results.signedBits(difference.low), results.signedBits(difference.high))}
                </small>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
