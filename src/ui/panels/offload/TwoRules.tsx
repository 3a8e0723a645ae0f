/** What the schedule is as a problem, both slot rules side by side on the machine above, and small cases in which two views part. */
import { useId, useState } from 'react';
import { type DifferenceKind, differenceKinds, findDifference } from '../../../offload/differences';
import { type Machine, type SlotRule, slotRules } from '../../../offload/machine';
import { type PolicyId, policies } from '../../../offload/policies';
import controls from '../../controls/controls.module.css';
import { offloadText } from '../../i18n/offload-text';
import { loadDifference } from '../../state/offload-commands';
import styles from './offload.module.css';
import { isOutcome, outcomeOf } from './outcome';
import { Timeline } from './Timeline';
import { timelineHeight } from './timeline-layout';
import { useOffloadForm, useShown } from './useOffloadForm';

const words = offloadText.rules;

export function TwoRules() {
  const { policy } = useOffloadForm();
  const { machine } = useShown();
  return (
    <section className={controls.card} aria-label={words.heading}>
      <h2>{words.heading}</h2>
      <div className={styles.prose}>
        {words.text.map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
      </div>
      {machine && <Both machine={machine} policy={policy} />}
      <Find />
      <p className={controls.quiet}>{words.cases}</p>
    </section>
  );
}

function Both({ machine, policy }: { readonly machine: Machine; readonly policy: PolicyId }) {
  const { unit } = useOffloadForm();
  const outcomes = slotRules.map((rule) => [rule, outcomeOf({ ...machine, rule }, policy)] as const);
  const [paper, strict] = outcomes.map(([, outcome]) => (isOutcome(outcome) ? outcome.timeline.makespan : null));
  if (paper === null || strict === null || paper === undefined || strict === undefined) return null;
  const difference = strict - paper;
  return (
    <>
      <div className={styles.both}>
        {outcomes.map(
          ([rule, outcome]) =>
            isOutcome(outcome) && (
              <Rule key={rule} rule={rule} timeline={outcome.timeline} slots={machine.slots} policy={policy} />
            ),
        )}
      </div>
      <p className={styles.differ} data-differ={difference > 1e-9 * Math.max(1, paper)}>
        {difference > 1e-9 * Math.max(1, paper) ? words.differ(unit, difference) : words.same}
      </p>
    </>
  );
}

function Rule({
  rule,
  timeline,
  slots,
  policy,
}: {
  readonly rule: SlotRule;
  readonly timeline: Parameters<typeof timelineHeight>[0][number]['timeline'];
  readonly slots: number;
  readonly policy: PolicyId;
}) {
  const { unit } = useOffloadForm();
  const runs = [{ name: words.rule[rule], timeline, slots: 'allResident' in policies[policy] ? null : slots }];
  return (
    <figure aria-label={words.rule[rule]} data-rule={rule}>
      <div style={{ height: timelineHeight(runs) }}>
        <Timeline runs={runs} unit={unit} />
      </div>
      <figcaption className={controls.quiet}>
        {words.rule[rule]}: {words.takes(unit, timeline.makespan, timeline.peakResidency, slots)}
      </figcaption>
    </figure>
  );
}

function Find() {
  const id = useId();
  const [kind, setKind] = useState<DifferenceKind>('rules');
  const [found, setFound] = useState<{ readonly kind: DifferenceKind; readonly at: number | null } | null>(null);
  const find = () => {
    const difference = findDifference(kind, found?.kind === kind ? (found.at ?? 0) : 0);
    setFound({ kind, at: difference?.at ?? null });
    if (difference) loadDifference(difference);
  };
  return (
    <div className={styles.measure}>
      <label htmlFor={id}>{words.kind}</label>
      <select
        id={id}
        className={styles.select}
        value={kind}
        onChange={({ target }) => setKind(differenceKinds.find((known) => known === target.value) ?? 'rules')}
      >
        {differenceKinds.map((one) => (
          <option key={one} value={one}>
            {offloadText.differences[one]}
          </option>
        ))}
      </select>
      <button type="button" className={controls.plain} aria-describedby={`${id}-hint`} onClick={find}>
        {words.find}
      </button>
      <small id={`${id}-hint`} role="status">
        {found === null ? words.hint : found.at === null ? words.notFound : words.found(found.at)}
      </small>
    </div>
  );
}
