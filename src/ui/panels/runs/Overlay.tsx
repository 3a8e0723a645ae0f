/** The curves of the selected runs over each other: held-out and training loss share their axis, and one readout. */
import { memo } from 'react';
import appStyles from '../../app/App.module.css';
import { ChartCard } from '../../charts/ChartCard';
import type { Cell, Table } from '../../charts/csv';
import type { Point } from '../../charts/decimate';
import { SeriesPlot } from '../../charts/SeriesPlot';
import controls from '../../controls/controls.module.css';
import { text } from '../../i18n/catalogue';
import type { RunEntry } from '../../state/runs';
import { useRunsView } from '../../state/runs-view';
import {
  drawnOf,
  heldOutPoints,
  lastStep,
  lossIn,
  mostDrawn,
  overlaySeries,
  sameVocabulary,
  sharedFloor,
  trainingPoints,
  type Unit,
} from './overlay-series';
import { Readout } from './Readout';
import { useBaseline, useSelected } from './useShown';

/** Both charts show the same step. */
const link = 'runs';

const words = text.runs.overlay;

export function Overlay() {
  const selected = useSelected();
  const drawn = drawnOf(selected);
  return (
    <>
      <div className={appStyles.charts}>
        <HeldOut selected={selected} />
        <Training selected={selected} />
      </div>
      {drawn.length > 0 && <Readout entries={drawn} last={lastStep(drawn)} />}
    </>
  );
}

const HeldOut = memo(({ selected }: { readonly selected: readonly RunEntry[] }) => {
  const drawn = drawnOf(selected);
  const chosen = useRunsView((state) => state.unit);
  const shared = sameVocabulary(drawn);
  const unit: Unit = chosen ?? (shared ? 'nats' : 'bits');
  const floor = sharedFloor(drawn, unit);
  const options = usePlotOptions(drawn);
  return (
    <ChartCard
      title={words.heldOut}
      sentence={[heldOutSentence(drawn, unit), unit === 'nats' && !shared && words.vocabularies, tooMany(selected)]
        .filter(Boolean)
        .join(' ')}
      table={tableOf(drawn, (run) => heldOutPoints(run, unit))}
      empty={drawn.length === 0 ? words.empty : words.unscored}
      tall
      extra={
        <button
          type="button"
          className={controls.link}
          onClick={() => useRunsView.setState({ unit: unit === 'bits' ? 'nats' : 'bits' })}
        >
          {unit === 'bits' ? words.toNats : words.toBits}
        </button>
      }
    >
      <SeriesPlot
        series={overlaySeries(drawn, (run) => heldOutPoints(run, unit), options.fade)}
        unit={words[unit]}
        from="data"
        levels={floor === null ? [] : [{ y: floor, label: words.floor(floor), at: 'start' as const }]}
        {...options.plot}
      />
    </ChartCard>
  );
});

const Training = memo(({ selected }: { readonly selected: readonly RunEntry[] }) => {
  const drawn = drawnOf(selected);
  const floor = sharedFloor(drawn, 'nats');
  const options = usePlotOptions(drawn);
  const shared = sameVocabulary(drawn);
  return (
    <ChartCard
      title={words.training}
      sentence={[
        drawn.length === 0 ? words.trainingNone : words.trainingSentence(drawn.length),
        !shared && words.vocabularies,
      ]
        .filter(Boolean)
        .join(' ')}
      table={tableOf(drawn, trainingPoints)}
      empty={words.empty}
      tall
    >
      <SeriesPlot
        series={overlaySeries(drawn, trainingPoints, options.fade)}
        unit={words.nats}
        from="data"
        levels={floor === null ? [] : [{ y: floor, label: words.floor(floor), at: 'start' as const }]}
        {...options.plot}
      />
    </ChartCard>
  );
});

/** What both charts have in common. */
function usePlotOptions(drawn: readonly RunEntry[]) {
  const log = useRunsView((state) => state.logSteps);
  const older = useRunsView((state) => state.fade);
  const pinned = useRunsView((state) => state.pinned);
  const baseline = useBaseline();
  return {
    fade: { older, except: baseline?.run.id ?? null },
    plot: {
      xLabel: words.axis,
      xScale: log ? ('log' as const) : ('linear' as const),
      x: [0, lastStep(drawn)] as const,
      link,
      onPoint: (step: number | null) => useRunsView.setState({ step: step ?? useRunsView.getState().pinned }),
      marks: pinned === null || (log && pinned < 1) ? [] : [{ x: pinned, label: words.at(pinned) }],
    },
  };
}

function heldOutSentence(drawn: readonly RunEntry[], unit: Unit): string {
  const scored = drawn.flatMap(({ run, name }) => {
    const last = run.curves.evaluations.at(-1);
    return last ? [{ name, value: lossIn(last, unit) }] : [];
  });
  const lowest = scored.reduce<(typeof scored)[number] | null>(
    (best, entry) => (best && best.value <= entry.value ? best : entry),
    null,
  );
  return lowest ? words.heldOutSentence(lowest.name, lowest.value, words[unit], scored.length) : words.heldOutNone;
}

function tooMany(selected: readonly RunEntry[]): string | false {
  return selected.length > mostDrawn && words.most(mostDrawn);
}

/** Rows that a table shows; the CSV of all curves has every step. */
const longestTable = 500;

/** One row for each step that any of them has, one column a run. */
function tableOf(drawn: readonly RunEntry[], points: (run: RunEntry['run']) => readonly Point[]): Table {
  const columns = drawn.map(({ run }) => new Map(points(run).map(({ x, y }) => [x, y])));
  const steps = [...new Set(columns.flatMap((column) => [...column.keys()]))].sort((a, b) => a - b);
  const stride = Math.max(1, Math.ceil(steps.length / longestTable));
  const shown = steps.filter((_, index) => index % stride === 0 || index === steps.length - 1);
  return {
    columns: [words.axis, ...drawn.map(({ name }) => name)],
    rows: shown.map((step): readonly Cell[] => [step, ...columns.map((column) => column.get(step) ?? null)]),
  };
}
