/** The lanes of one layer of the text that was written, for its prompt or its last token, beside what the simulation expected. */
import { useId, useState } from 'react';
import { ChartCard } from '../../charts/ChartCard';
import { InTurn } from '../../charts/InTurn';
import { Segmented } from '../../controls/Segmented';
import { offloadText } from '../../i18n/offload-text';
import { largestStep, useOffload } from '../../state/offload';
import { expected } from './live-figures';
import styles from './offload.module.css';
import { ExpertSlider, Timeline, timelineTable } from './Timeline';
import { type TimelineRun, timelineHeight } from './timeline-layout';

const words = offloadText.liveTimeline;
const lineWords = offloadText.timeline;

const steps = ['prompt', 'last'] as const;

export function LiveTimeline() {
  return (
    <InTurn store={useOffload} select={(state) => state.text}>
      {() => <Card />}
    </InTurn>
  );
}

function Card() {
  const id = useId();
  const [step, setStep] = useState<(typeof steps)[number]>('prompt');
  const [chosen, setChosen] = useState<number | null>(null);
  const text = useOffload((state) => state.text);
  const experts = useOffload((state) => state.model?.experts ?? 0);
  const runs = text ? { prompt: largestStep(text.promptRuns), last: text.lastRuns }[step] : [];
  const run = runs.find(({ layer }) => layer === chosen) ?? runs[0] ?? null;
  const slots = text?.place?.slots ?? null;
  const simulated =
    run && text?.report && slots !== null
      ? expected(run, text.of.setup.policy, text.report.machine, { slots, tier: text.report.place.tier }, experts)
      : null;
  const shown: readonly TimelineRun[] = run
    ? [
        ...(simulated ? [{ name: lineWords.simulated, timeline: simulated, slots }] : []),
        { name: lineWords.measured, timeline: run.timeline, slots },
      ]
    : [];
  const rows = run?.visits.reduce((sum, visit) => sum + visit.rows, 0) ?? 0;
  const error = run && simulated ? simulated.makespan / run.timeline.makespan - 1 : null;
  const sentence = run
    ? [
        words.sentence(run.timeline.makespan, run.visits.length, rows),
        run.timeline.loads.length === 0 ? words.nothing : null,
        error === null ? null : words.error(error),
      ]
        .filter((part) => part !== null)
        .join(' ')
    : words.idle;
  return (
    <ChartCard
      title={words.title}
      sentence={sentence}
      table={timelineTable(shown)}
      empty={words.empty}
      height={shown.length > 0 ? timelineHeight(shown) : 132}
      extra={
        run && (
          <span className={styles.pick}>
            <Segmented<(typeof steps)[number]>
              label={words.which}
              choices={steps}
              value={step}
              name={(one) => words.steps[one]}
              onChange={setStep}
            />
            <label htmlFor={id}>{words.layer}</label>
            <select
              id={id}
              className={styles.select}
              value={run.layer}
              onChange={({ target }) => setChosen(Number(target.value))}
            >
              {runs.map(({ layer }) => (
                <option key={layer} value={layer}>
                  {words.layerOf(layer)}
                </option>
              ))}
            </select>
          </span>
        )
      }
      foot={shown.length > 0 && <ExpertSlider runs={shown} unit="ms" />}
    >
      <Timeline runs={shown} unit="ms" />
    </ChartCard>
  );
}
