/** Training and held-out loss, between ln V, where a fresh model starts, and the floor that no model can beat. */
import { useState } from 'react';
import type { RunRecord } from '../../../lab/run-record';
import type { StepPoint } from '../../../train/curves';
import { ChartCard } from '../../charts/ChartCard';
import type { Cell } from '../../charts/csv';
import { SeriesPlot } from '../../charts/SeriesPlot';
import { seriesStyle } from '../../charts/series';
import controls from '../../controls/controls.module.css';
import { text } from '../../i18n/catalogue';
import { link, marksOf } from './chart-marks';
import { linePoints, tableRows } from './curve-points';

export function LossChart({ run }: { readonly run: RunRecord | null }) {
  const [unit, setUnit] = useState<'nats' | 'bits'>('nats');
  const words = text.train.charts.loss;
  const { curves, facts } = run ?? {};
  const steps = curves?.steps ?? [];
  const evaluations = curves?.evaluations ?? [];
  const bits = unit === 'bits';
  const last = steps.at(-1);
  const heldOut = evaluations.at(-1) ?? null;
  const floor = (bits ? facts?.floor?.bitsPerCharacter : facts?.floor?.nats) ?? null;
  const sentence = !last
    ? words.none
    : bits
      ? words.bitsSentence(heldOut?.bitsPerCharacter ?? null, floor)
      : words.sentence(last.loss, heldOut?.heldOutLoss ?? null, floor);
  const heldOutLine = {
    name: words.heldOut,
    style: seriesStyle(1),
    points: evaluations.map((point) => ({ x: point.step, y: bits ? point.bitsPerCharacter : point.heldOutLoss })),
  };
  const training = { name: words.training, style: seriesStyle(0), points: linePoints(steps, (point) => point.loss) };
  return (
    <ChartCard
      title={words.title}
      sentence={sentence}
      table={{ columns: words.columns, rows: rowsOf(steps, evaluations) }}
      empty={text.train.charts.empty}
      tall
      extra={
        <button type="button" className={controls.link} onClick={() => setUnit(bits ? 'nats' : 'bits')}>
          {bits ? words.toNats : words.toBits}
        </button>
      }
    >
      <SeriesPlot
        series={bits ? [heldOutLine] : [training, heldOutLine]}
        xLabel={text.train.charts.axis}
        unit={bits ? words.bits : words.nats}
        levels={[
          ...(floor === null ? [] : [{ y: floor, label: words.floor(floor), at: 'start' as const }]),
          ...(bits || !facts ? [] : [{ y: facts.freshLoss, label: words.fresh(facts.freshLoss), at: 'end' as const }]),
        ]}
        marks={marksOf(curves?.changes ?? [])}
        link={link}
      />
    </ChartCard>
  );
}

/** Every evaluation, and the steps between them as far as a table bears. */
function rowsOf(
  steps: readonly StepPoint[],
  evaluations: readonly { readonly step: number; readonly heldOutLoss: number; readonly bitsPerCharacter: number }[],
): readonly (readonly Cell[])[] {
  const losses = new Map(steps.map((point) => [point.step, point.loss]));
  const scored = new Map(evaluations.map((point) => [point.step, point]));
  const shown = new Set([...tableRows(steps).map((point) => point.step), ...scored.keys()]);
  return [...shown]
    .sort((a, b) => a - b)
    .map((step) => {
      const evaluation = scored.get(step);
      return [step, losses.get(step) ?? null, evaluation?.heldOutLoss ?? null, evaluation?.bitsPerCharacter ?? null];
    });
}
