/** The live charts of a run. They share their axis of steps, and pointing at one points at all. */
import type { RunRecord } from '../../../lab/run-record';
import type { ChangePoint, StepPoint } from '../../../train/curves';
import appStyles from '../../app/App.module.css';
import { ChartCard } from '../../charts/ChartCard';
import { InTurn } from '../../charts/InTurn';
import { SeriesPlot } from '../../charts/SeriesPlot';
import { type Series, seriesStyle } from '../../charts/series';
import { text } from '../../i18n/catalogue';
import { useTraining } from '../../state/training';
import { link, marksOf } from './chart-marks';
import { groupLines, linePoints, tableRows } from './curve-points';
import { Kernels } from './Kernels';
import { LossChart } from './LossChart';
import { Probes } from './Probes';

type Shown = RunRecord | null;

export function Charts() {
  return (
    <>
      <InTurn store={useTraining} select={(state) => state.shown}>
        {(run) => <LossChart run={run} />}
      </InTurn>
      <div className={appStyles.charts}>
        <InTurn store={useTraining} select={(state) => state.shown}>
          {(run) => <Rate run={run} />}
        </InTurn>
        <InTurn store={useTraining} select={(state) => state.shown}>
          {(run) => <Gradient run={run} />}
        </InTurn>
        <InTurn store={useTraining} select={(state) => state.shown}>
          {(run) => <Updates run={run} />}
        </InTurn>
        <InTurn store={useTraining} select={(state) => state.shown}>
          {(run) => <Speed run={run} />}
        </InTurn>
        <InTurn store={useTraining} select={(state) => state.shown}>
          {(run) => <Probes run={run} />}
        </InTurn>
        <Kernels />
      </div>
    </>
  );
}

function Rate({ run }: { readonly run: Shown }) {
  const words = text.train.charts.rate;
  const steps = run?.curves.steps ?? [];
  const last = steps.at(-1);
  const peak = steps.reduce((most, point) => Math.max(most, point.learningRate), 0);
  return (
    <ChartCard
      title={words.title}
      sentence={last ? words.sentence(last.learningRate, peak) : words.none}
      table={{
        columns: [text.train.charts.axis, words.title],
        rows: tableRows(steps).map((point) => [point.step, point.learningRate]),
      }}
      empty={text.train.charts.empty}
    >
      <SeriesPlot
        series={[
          { name: words.title, style: seriesStyle(0), points: linePoints(steps, (point) => point.learningRate) },
        ]}
        xLabel={text.train.charts.axis}
        unit=""
        marks={marksOf(run?.curves.changes ?? [])}
        link={link}
      />
    </ChartCard>
  );
}

function Gradient({ run }: { readonly run: Shown }) {
  const words = text.train.charts.gradient;
  const steps = run?.curves.steps ?? [];
  const last = steps.at(-1);
  return (
    <Groups
      title={words.title}
      sentence={last ? words.sentence(last.gradientNorm, run?.recipe.clip ?? 0) : words.none}
      steps={steps}
      changes={run?.curves.changes ?? []}
      values={(point) => point.groupNorms}
    />
  );
}

function Updates({ run }: { readonly run: Shown }) {
  const words = text.train.charts.update;
  const steps = run?.curves.steps ?? [];
  const last = steps.at(-1);
  return (
    <Groups
      title={words.title}
      sentence={last ? words.sentence(Math.max(0, ...last.updateRatios)) : words.none}
      steps={steps}
      changes={run?.curves.changes ?? []}
      values={(point) => point.updateRatios}
    />
  );
}

function Groups({
  title,
  sentence,
  steps,
  changes,
  values,
}: {
  readonly title: string;
  readonly sentence: string;
  readonly steps: readonly StepPoint[];
  readonly changes: readonly ChangePoint[];
  values(point: StepPoint): readonly number[];
}) {
  const words = text.train.charts;
  const lines = groupLines(steps, values);
  const series = lines.map(
    ({ group, points }, index): Series => ({ name: words.groups[group], points, style: seriesStyle(index) }),
  );
  const names = Object.keys(words.groups) as (keyof typeof words.groups)[];
  return (
    <ChartCard
      title={title}
      sentence={sentence}
      table={{
        columns: [words.axis, ...names.map((group) => words.groups[group])],
        rows: tableRows(steps).map((point) => [point.step, ...names.map((_, index) => values(point)[index] ?? 0)]),
      }}
      empty={words.empty}
    >
      <SeriesPlot series={series} xLabel={words.axis} unit="" scale="log" marks={marksOf(changes)} link={link} />
    </ChartCard>
  );
}

function Speed({ run }: { readonly run: Shown }) {
  const words = text.train.charts.speed;
  const steps = run?.curves.steps ?? [];
  const last = steps.at(-1);
  const cost = run?.facts.cost;
  return (
    <ChartCard
      title={words.title}
      sentence={
        last && cost
          ? words.sentence(last.tokensPerSecond, (1000 * cost.tokens) / Math.max(last.tokensPerSecond, 1e-9))
          : words.none
      }
      derived={cost ? words.derived(cost.flops, cost.dispatches, cost.submits) : null}
      table={{
        columns: [text.train.charts.axis, words.unit],
        rows: tableRows(steps).map((point) => [point.step, point.tokensPerSecond]),
      }}
      empty={text.train.charts.empty}
    >
      <SeriesPlot
        series={[
          { name: words.title, style: seriesStyle(0), points: linePoints(steps, (point) => point.tokensPerSecond) },
        ]}
        xLabel={text.train.charts.axis}
        unit={words.unit}
        marks={marksOf(run?.curves.changes ?? [])}
        link={link}
      />
    </ChartCard>
  );
}
