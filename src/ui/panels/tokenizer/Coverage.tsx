/** Coverage, growth and dead pieces over all sizes: what is recorded or counted at once, and the button that measures the rest. */
import { useId } from 'react';
import type { CoveragePoint } from '../../../worker/tokenizer-protocol';
import { ChartCard } from '../../charts/ChartCard';
import { SeriesPlot } from '../../charts/SeriesPlot';
import controls from '../../controls/controls.module.css';
import { Segmented } from '../../controls/Segmented';
import { formatCount } from '../../format/numbers';
import { tokenizerText } from '../../i18n/tokenizer-text';
import { isPending } from '../../state/engine';
import { useTokenizer } from '../../state/tokenizer';
import { measureCoverage, setTokenizer } from '../../state/tokenizer-commands';
import { choice, languages } from '../../state/tokenizer-form';
import { curveSizes } from '../../state/vocabulary-sizes';
import { coverageSeries, deadSeries, deadShare, growthSeries, tableRows, type Way } from './curves';
import styles from './tokenizer.module.css';
import { nearestPoint, useShownCurves, useShownPruning } from './useShownPruning';
import { useTokenizerForm } from './useTokenizerForm';
import { Working } from './Working';

const words = tokenizerText.coverage;

export function Coverage() {
  const { texts } = useTokenizerForm();
  return (
    <>
      <section className={`${controls.card} ${styles.curves}`} aria-label={words.heading}>
        <div className={styles.curveHead}>
          <h2>{words.heading}</h2>
          <Segmented
            label={words.language}
            choices={languages}
            value={choice(languages, texts.language)}
            name={(language) => words.languageNames[language]}
            onChange={(language) => setTokenizer({ language })}
          />
        </div>
        <Measure />
      </section>
      <CoverageChart />
      <div className={styles.charts}>
        <GrowthChart />
        <DeadChart />
      </div>
    </>
  );
}

function Measure() {
  const id = useId();
  const count = useTokenizer((state) => state.count);
  const tokenizer = useTokenizer((state) => state.tokenizer);
  const busy = useTokenizer((state) => isPending(state.pending, 'measureCoverage'));
  const sizes = tokenizer ? curveSizes(tokenizer.alwaysKept, tokenizer.size) : [];
  return (
    <div className={styles.measure}>
      <button
        type="button"
        className={controls.plain}
        disabled={!count || busy}
        aria-describedby={`${id}-hint`}
        onClick={() => measureCoverage(sizes)}
      >
        {words.measure}
      </button>
      <small id={`${id}-hint`}>{count ? words.cost(sizes.length) : words.wait}</small>
      <Working request="measureCoverage" />
    </div>
  );
}

/** The size that the charts point out. */
function useKept(): number | null {
  const shown = useShownPruning();
  return shown?.report.kept ?? null;
}

function CoverageChart() {
  const { texts } = useTokenizerForm();
  const curves = useShownCurves();
  const kept = useKept();
  const language = choice(languages, texts.language);
  const series = curves ? coverageSeries(curves, language) : [];
  const shown = useShownPruning();
  return (
    <ChartCard
      title={words.title}
      sentence={
        curves
          ? words.sentence(
              curves.short,
              words.languageNames[language],
              kept ?? 0,
              shown?.report.nominal[language] ?? null,
              shown?.report.reEncoded[language] ?? null,
            )
          : words.empty
      }
      table={{ columns: words.columns, rows: tableRows(series) }}
      empty={words.empty}
      tall
    >
      <SeriesPlot
        series={series.filter(({ points }) => points.length > 0)}
        xLabel={words.axis}
        unit="%"
        from="data"
        xScale="log"
        xText={formatCount}
        marks={kept === null ? [] : [{ x: kept, label: words.now(kept), low: true }]}
      />
    </ChartCard>
  );
}

function useWay(): Way {
  const { texts } = useTokenizerForm();
  return texts.method === 'closed' || texts.method === 'closedQuota' ? 'closed' : 'frequency';
}

const noPoints: readonly CoveragePoint[] = [];

function GrowthChart() {
  const way = useWay();
  const curves = useShownCurves();
  const kept = useKept();
  const points = curves?.points ?? noPoints;
  const series = growthSeries(points, way);
  const near = nearestPoint(points, kept ?? 1);
  const both = [...growthSeries(points, 'frequency'), ...growthSeries(points, 'closed')];
  return (
    <ChartCard
      title={words.growthTitle}
      sentence={
        curves && near
          ? words.growthSentence(curves.short, words.ways[way], near.keep, near[way].growth.en, near[way].growth.zh)
          : words.emptyMeasured
      }
      table={{
        columns: [
          words.columns[0] ?? '',
          ...both.map(({ name }, index) => words.growthColumn(name, ways(both.length, index))),
        ],
        rows: tableRows(both),
      }}
      empty={words.emptyMeasured}
    >
      <SeriesPlot
        series={series}
        xLabel={words.axis}
        unit={words.growthUnit}
        from="data"
        xScale="log"
        xText={formatCount}
        levels={[{ y: 1, label: words.growthAs, at: 'start' }]}
        marks={kept === null ? [] : [{ x: kept, label: words.now(kept) }]}
      />
    </ChartCard>
  );
}

/** The first half of the columns is by frequency. */
function ways(columns: number, index: number): Way {
  return index < columns / 2 ? 'frequency' : 'closed';
}

function DeadChart() {
  const curves = useShownCurves();
  const kept = useKept();
  const points = curves?.points ?? noPoints;
  const near = nearestPoint(points, kept ?? 1);
  const series = deadSeries(points);
  return (
    <ChartCard
      title={words.deadTitle}
      sentence={
        curves && near
          ? words.deadSentence(curves.short, near.keep, deadShare(near, 'frequency') / 100)
          : words.emptyMeasured
      }
      table={{ columns: words.deadColumns, rows: tableRows(series) }}
      empty={words.emptyMeasured}
    >
      <SeriesPlot
        series={series}
        xLabel={words.axis}
        unit="%"
        xScale="log"
        xText={formatCount}
        marks={kept === null ? [] : [{ x: kept, label: words.now(kept) }]}
      />
    </ChartCard>
  );
}
