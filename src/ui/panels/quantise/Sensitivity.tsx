/** What each layer costs when it alone is quantised, beside all of them together. */
import { schemes } from '../../../quant/schemes';
import type { LayerSensitivity, QuantisedModelReport } from '../../../worker/quantise-protocol';
import { ChartCard } from '../../charts/ChartCard';
import { IntervalBars, intervalBarsHeight } from '../../charts/IntervalBars';
import { seriesStyle } from '../../charts/series';
import controls from '../../controls/controls.module.css';
import { quantiseText } from '../../i18n/quantise-text';
import { isPending } from '../../state/engine';
import { type Sensitivity as Found, useQuantise } from '../../state/quantise';
import { measureSensitivity } from '../../state/quantise-commands';
import { useRecordedQuantise } from '../../state/recorded-quantise';
import { holdsZero } from './figures';
import styles from './quantise.module.css';
import { useQuantiseForm, useReady } from './useQuantiseForm';
import { Working } from './Working';

const words = quantiseText.sensitivity;

export function Sensitivity() {
  const { found, recorded } = useFound();
  const rows = found?.rows ?? [];
  return (
    <ChartCard
      title={words.title}
      sentence={found && rows.length > 0 ? sentenceOf(found, recorded) : words.idle}
      table={{
        columns: words.columns,
        rows: rows.map(({ layer, bitsPerCharacter: bits, difference }) => [
          nameOf(layer),
          ...[bits.value, bits.low, bits.high],
          ...[difference.value, difference.low, difference.high],
        ]),
      }}
      empty={words.empty}
      height={rows.length === 0 ? 132 : intervalBarsHeight(rows.length)}
      extra={recorded && <span className={styles.tag}>{quantiseText.recorded}</span>}
      foot={<Measure />}
    >
      <IntervalBars
        rows={rows.map(({ layer, difference }) => ({
          name: nameOf(layer),
          note: words.note(holdsZero(difference)),
          style: seriesStyle(layer === null ? 1 : 0),
          mean: difference.value,
          interval: [difference.low, difference.high],
          values: [],
        }))}
        label={words.axis}
        levels={[{ value: 0, label: words.as }]}
        format={words.value}
      />
    </ChartCard>
  );
}

/** Layers that have matrices. */
function layersOf(model: QuantisedModelReport | null): number {
  const layers = model?.matrices.flatMap(({ layer }) => (layer === null ? [] : [layer]));
  return new Set(layers).size;
}

/** What was measured here, else what was recorded of the same model. */
function useFound(): { readonly found: Found | null; readonly recorded: boolean } {
  const { texts } = useQuantiseForm();
  const own = useQuantise((state) => state.sensitivity);
  const record = useRecordedQuantise((state) => state.recorded);
  if (own || record?.model !== texts.model) return { found: own, recorded: false };
  return { found: record.sensitivity, recorded: record.sensitivity !== null };
}

function Measure() {
  const { scheme, selection } = useQuantiseForm();
  const layers = useQuantise((state) => layersOf(state.model));
  const busy = useQuantise((state) => isPending(state.pending, 'measureSensitivity'));
  const own = useQuantise((state) => state.sensitivity);
  const ready = useReady();
  const other = own !== null && (own.scheme !== scheme || own.selection !== selection);
  return (
    <div className={styles.measure}>
      <button
        type="button"
        className={controls.plain}
        disabled={!ready || busy}
        onClick={() => measureSensitivity({ scheme, selection })}
      >
        {words.measure}
      </button>
      <small>{other ? words.other : words.cost(layers)}</small>
      <Working request="measureSensitivity" />
    </div>
  );
}

function nameOf(layer: string | null): string {
  return layer === null ? words.all : quantiseText.layerName(layer);
}

function sentenceOf({ scheme, rows }: Found, recorded: boolean): string {
  const single = rows.filter(({ layer }) => layer !== null);
  const all = rows.find(({ layer }) => layer === null) ?? null;
  const worst = single.reduce<LayerSensitivity | null>(
    (most, one) => (most && most.difference.value >= one.difference.value ? most : one),
    null,
  );
  const sum = single.reduce((total, { difference }) => total + difference.value, 0);
  return words.sentence(
    recorded,
    quantiseText.schemeName(schemes[scheme]),
    worst ? nameOf(worst.layer) : words.all,
    words.value((worst ?? all)?.difference.value ?? 0),
    all && words.value(sum),
    all && words.value(all.difference.value),
  );
}
