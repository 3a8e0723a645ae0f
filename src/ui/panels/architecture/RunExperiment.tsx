/** What the person expects, and the button that puts the experiment into the queue; a large one asks once more. */
import { type MouseEvent, useId, useState } from 'react';
import { armId } from '../../../lab/experiments/arm-id';
import type { Arm, Experiment } from '../../../lab/experiments/experiment';
import controls from '../../controls/controls.module.css';
import { architectureText } from '../../i18n/architecture-text';
import { isPending } from '../../state/engine';
import { experimentKinds } from '../../state/experiment-form';
import { useExperiments } from '../../state/experiments';
import { addExperiment } from '../../state/experiments-commands';
import styles from './architecture.module.css';
import { armName, axisKeysOf } from './names';
import { useExperimentForm, usePlan } from './useExperiment';

export function RunExperiment() {
  const { experiment, texts, problems } = useExperimentForm();
  const plan = usePlan(experiment);
  const adding = useExperiments((state) => isPending(state.pending, 'addExperiment'));
  const running = useExperiments((state) => (state.records ?? []).some((record) => record.state === 'running'));
  const [expected, setExpected] = useState<string | null>(null);
  const [asking, setAsking] = useState<Experiment | null>(null);
  const words = architectureText.actions;
  const ready = plan !== null && plan.problems.length === 0;
  const count = problems.length + (plan?.problems.length ?? 0);
  const known = plan?.arms ?? (experiment ? armsIn(experiment) : []);
  const prediction = known.some(({ id }) => id === expected) ? expected : null;
  const add = (force: boolean) => {
    if (experiment) addExperiment(experiment, prediction, force);
    setAsking(null);
  };
  // The second click of a double click is not meant.
  const main = ({ detail }: MouseEvent) => {
    if (detail > 1 || !ready) return;
    if (plan.tooLarge === null) add(false);
    else setAsking(experiment);
  };
  const kind = experimentKinds.find((known) => known === texts.kind) ?? 'sweep';
  return (
    <>
      {experiment && <Predict arms={known} experiment={experiment} value={prediction} onChange={setExpected} />}
      <div className={styles.actions}>
        {asking && asking === experiment && plan?.tooLarge ? (
          <div className={styles.refused} role="alert">
            <p>{plan.tooLarge}</p>
            <button type="button" className={controls.primary} onClick={() => add(true)}>
              {words.confirm}
            </button>
            <button type="button" className={controls.plain} onClick={() => setAsking(null)}>
              {words.back}
            </button>
          </div>
        ) : (
          <button type="button" className={controls.primary} disabled={!ready || adding} onClick={main}>
            {adding ? words.adding : words.run[kind]}
          </button>
        )}
        <small role="status">{count > 0 ? words.mend(count) : running ? words.queued : ''}</small>
      </div>
    </>
  );
}

type NamedArm = Pick<Arm, 'id' | 'values'>;

/** The arms of a grid before they are counted: every combination of its values. Those that are drawn come with the plan. */
function armsIn({ arms }: Experiment): readonly NamedArm[] {
  if (arms.kind === 'random') return [];
  const [first, second] = arms.axes;
  const all = first.values.flatMap((value) => (second ? second.values.map((other) => [value, other]) : [[value]]));
  return all.map((values) => ({ id: armId(axisKeysOf(arms), values), values }));
}

/** More arms than this are a list to open. */
const mostRadios = 6;

function Predict({
  arms,
  experiment,
  value,
  onChange,
}: {
  readonly arms: readonly NamedArm[];
  readonly experiment: Experiment;
  readonly value: string | null;
  onChange(arm: string | null): void;
}) {
  const id = useId();
  const words = architectureText.predict;
  if (arms.length > mostRadios) {
    return (
      <div className={controls.row}>
        <label htmlFor={id}>{words.legend}</label>
        <select id={id} value={value ?? ''} onChange={({ target }) => onChange(target.value || null)}>
          <option value="">{words.skip}</option>
          {arms.map((arm) => (
            <option key={arm.id} value={arm.id}>
              {armName(arm, experiment)}
            </option>
          ))}
        </select>
      </div>
    );
  }
  return (
    <fieldset className={styles.boxes}>
      <legend>{words.legend}</legend>
      {[null, ...arms].map((arm) => (
        <label key={arm?.id ?? ''}>
          <input
            type="radio"
            name={id}
            checked={(arm?.id ?? null) === value}
            onChange={() => onChange(arm?.id ?? null)}
          />
          {arm ? armName(arm, experiment) : words.skip}
        </label>
      ))}
    </fieldset>
  );
}
