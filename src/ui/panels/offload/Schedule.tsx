/** What the policy makes of the machine: how long it takes, against the bound and the paper, the timeline, and the constraints. */
import type { ConstraintCheck, Mend } from '../../../offload/constraints';
import { policies } from '../../../offload/policies';
import { ChartCard } from '../../charts/ChartCard';
import controls from '../../controls/controls.module.css';
import { offloadText } from '../../i18n/offload-text';
import { useOffload } from '../../state/offload';
import { applyMend } from '../../state/offload-commands';
import styles from './offload.module.css';
import { isOutcome, type Outcome, waited } from './outcome';
import { RunLayer } from './RunLayer';
import { ExpertSlider, Timeline, timelineTable } from './Timeline';
import { type TimelineRun, timelineHeight } from './timeline-layout';
import { useOffloadForm, useShown } from './useOffloadForm';

const { schedule: words, timeline: lineWords, constraints: ruleWords } = offloadText;

export function Schedule() {
  const { kind } = useOffloadForm();
  const { outcome } = useShown();
  return (
    <section className={controls.card} aria-label={words.heading}>
      <h2>{words.heading}</h2>
      {kind === 'device' && <RunLayer />}
      {isOutcome(outcome) ? (
        <>
          <Figures outcome={outcome} />
          <Printed outcome={outcome} />
          <Constraints outcome={outcome} />
        </>
      ) : (
        (kind !== 'device' || outcome !== null) && <p className={styles.empty}>{outcome ?? words.none}</p>
      )}
    </section>
  );
}

function Figures({ outcome: { timeline, onDemand } }: { readonly outcome: Outcome }) {
  const { unit, policy, slots, hardware } = useOffloadForm();
  const { makespan, bound, peakResidency } = timeline;
  const everyone = 'allResident' in policies[policy];
  const over = !everyone && slots !== null && peakResidency > slots;
  const saved = onDemand > 0 ? 1 - makespan / onDemand : 0;
  const wait = waited(timeline);
  const figures = [
    [
      'makespan',
      words.makespan,
      offloadText.time(unit, makespan),
      saved > 0.0005 ? words.saved(saved) : words.noSaving,
    ],
    ['bound', words.bound, offloadText.time(unit, bound), words.above(bound > 0 ? makespan / bound - 1 : 0)],
    ['waits', words.waits, offloadText.time(unit, wait), words.waitShare(makespan > 0 ? wait / makespan : 0)],
    [
      'peak',
      words.peak,
      words.peakOf(peakResidency, everyone ? null : slots),
      everyone ? words.everyone : over ? words.overK : words.withinK,
    ],
  ] as const;
  return (
    <>
      <dl className={styles.strip}>
        {figures.map(([key, name, value, note]) => (
          <div key={key} data-figure={key}>
            <dt>{name}</dt>
            <dd>{value}</dd>
            <dd className={controls.quiet}>{note}</dd>
          </div>
        ))}
      </dl>
      <p className={styles.order}>
        {timeline.order.length > 0 && <b>{words.order(timeline.order)}</b>}{' '}
        {hardware && makespan > 0 && (
          <span className={controls.quiet}>{words.speed((1000 * hardware.tokens) / (hardware.layers * makespan))}</span>
        )}
      </p>
    </>
  );
}

function Printed({ outcome: { timeline } }: { readonly outcome: Outcome }) {
  const { unit, printed } = useOffloadForm();
  if (!printed) return null;
  const { makespan, digits } = printed;
  const agrees = timeline.makespan.toFixed(digits) === makespan.toFixed(digits);
  return (
    <p className={styles.printed} data-agrees={agrees}>
      {words.printed(unit, makespan, timeline.makespan, digits)} <b>{agrees ? words.agrees : words.differs}</b>
    </p>
  );
}

function Constraints({ outcome }: { readonly outcome: Outcome }) {
  const { policy } = useOffloadForm();
  const { check, timeline } = outcome;
  if (!check)
    return <p className={controls.quiet}>{policy === 'resident' ? ruleWords.resident : ruleWords.onDemand}</p>;
  const loadsWait = timeline.waits.some(({ lane, start, end }) => lane === 'load' && end > start);
  const both = check.mends.length === 0;
  return (
    <section aria-label={ruleWords.heading} className={styles.constraints}>
      <h3>{ruleWords.heading}</h3>
      <ul>
        <Constraint name={ruleWords.one} broken={check.uncovered} />
        <Constraint name={ruleWords.two} broken={check.overfull} />
      </ul>
      {both ? <p>{loadsWait ? ruleWords.yetWaits : ruleWords.free}</p> : <Mends check={check} outcome={outcome} />}
      {timeline.reads.length > 0 && <p className={controls.quiet}>{ruleWords.noDisk}</p>}
    </section>
  );
}

function Constraint({ name, broken }: { readonly name: string; readonly broken: readonly number[] }) {
  return (
    <li data-holds={broken.length === 0}>
      {name}: <b>{broken.length === 0 ? ruleWords.holds : ruleWords.broken(broken)}</b>
    </li>
  );
}

function Mends({ check, outcome }: { readonly check: ConstraintCheck; readonly outcome: Outcome }) {
  const reading = useOffloadForm();
  const adjustable = reading.kind !== 'device';
  const more = check.mends.find(({ kind }) => kind === 'more slots');
  // More slots alone mend what is only overfull: no word about batches is needed.
  const verdict = more
    ? null
    : outcome.batch === null
      ? ruleWords.tooUneven
      : ruleWords.tooLittle(outcome.batch.factor);
  return (
    <>
      {verdict !== null && <p data-verdict={outcome.batch === null ? 'uneven' : 'little'}>{verdict}</p>}
      <p>{ruleWords.would}</p>
      <ul className={styles.mends}>
        {check.mends.map((mend) => (
          <li key={mend.kind}>
            {nameOf(mend, reading.slots ?? 0)}{' '}
            {adjustable && (
              <button
                type="button"
                className={controls.link}
                aria-label={`${ruleWords.mends.apply}: ${nameOf(mend, reading.slots ?? 0)}`}
                onClick={() => applyMend(mend, reading)}
              >
                {ruleWords.mends.apply}
              </button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function nameOf(mend: Mend, slots: number): string {
  if (mend.kind === 'more slots') return ruleWords.mends['more slots'](mend.slots);
  const along = mend.slots > slots ? ruleWords.mends.along(mend.slots) : '';
  return `${ruleWords.mends[mend.kind](mend.factor)}${along}`;
}

export function ScheduleChart() {
  const { policy, unit, slots } = useOffloadForm();
  const { outcome, measured } = useShown();
  const error = useOffload((state) => state.layerRows.find((row) => row.policy === policy)?.error ?? null);
  const K = 'allResident' in policies[policy] ? null : slots;
  const runs: readonly TimelineRun[] = isOutcome(outcome)
    ? [
        { name: lineWords.simulated, timeline: outcome.timeline, slots: K },
        ...(measured ? [{ name: lineWords.measured, timeline: measured.measured, slots: K }] : []),
      ]
    : [];
  const sentence = isOutcome(outcome)
    ? lineWords.sentence(offloadText.policy.name(policy), unit, outcome.timeline.makespan, outcome.timeline.bound)
    : lineWords.empty;
  return (
    <ChartCard
      title={lineWords.title}
      sentence={measured && error !== null ? `${sentence} ${lineWords.error(error)}` : sentence}
      table={timelineTable(runs)}
      empty={lineWords.empty}
      height={runs.length > 0 ? timelineHeight(runs) : 132}
      foot={runs.length > 0 && <ExpertSlider runs={runs} unit={unit} />}
    >
      <Timeline runs={runs} unit={unit} />
    </ChartCard>
  );
}
