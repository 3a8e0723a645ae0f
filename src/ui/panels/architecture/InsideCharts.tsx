/** Three measures over the layers, the model as trained and without the parts over each other. */
import type { LayerInside } from '../../../lab/inside/inside';
import { ChartCard } from '../../charts/ChartCard';
import { SeriesPlot } from '../../charts/SeriesPlot';
import { type Series, seriesStyle } from '../../charts/series';
import { architectureText } from '../../i18n/architecture-text';
import { type InsideEvent, useExperiments } from '../../state/experiments';
import styles from './architecture.module.css';

const words = architectureText.inside;

interface Measure {
  readonly title: string;
  readonly unit: string;
  value(layer: LayerInside): number | null;
  sentence(first: number, last: number): string;
}

const measures: readonly Measure[] = [
  {
    title: words.collapse,
    unit: words.collapseUnit,
    value: ({ collapse }) => collapse,
    sentence: words.collapseSentence,
  },
  {
    title: words.dimension,
    unit: words.dimensionUnit,
    value: ({ effectiveDimension }) => effectiveDimension,
    sentence: words.dimensionSentence,
  },
  {
    title: words.entropy,
    unit: words.entropyUnit,
    value: ({ attention }) => attention?.mean.share ?? null,
    sentence: (_, last) => words.entropySentence(last),
  },
];

const none: readonly InsideEvent[] = [];

export function InsideCharts() {
  const looks = useExperiments(({ inside }) => inside?.looks ?? none);
  return (
    <div className={styles.measures}>
      {measures.map((measure) => (
        <MeasureChart key={measure.title} measure={measure} looks={looks} />
      ))}
    </div>
  );
}

function MeasureChart({ measure, looks }: { readonly measure: Measure; readonly looks: readonly InsideEvent[] }) {
  const series = looks.map(
    ({ layers, without }, index): Series => ({
      name: lookName(without),
      points: layers.flatMap((layer) => {
        const value = measure.value(layer);
        return value === null ? [] : [{ x: layer.layer, y: value }];
      }),
      style: seriesStyle(index),
    }),
  );
  const [trained] = series;
  const [first, last] = [trained?.points[0]?.y, trained?.points.at(-1)?.y];
  return (
    <ChartCard
      title={measure.title}
      sentence={first === undefined || last === undefined ? words.none : measure.sentence(first, last)}
      table={{
        columns: [words.layer, ...series.map(({ name }) => name)],
        rows: (trained?.points ?? []).map(({ x }) => [
          x,
          ...series.map(({ points }) => points.find((point) => point.x === x)?.y ?? null),
        ]),
      }}
      empty={words.none}
    >
      <SeriesPlot series={series} xLabel={words.layer} unit={measure.unit} link="inside" />
    </ChartCard>
  );
}

export function lookName(without: InsideEvent['without']): string {
  return without === 'nothing' ? words.asTrained : words.without[without];
}
