/** One experiment of the queue: its name, how far it is, and its buttons. */
import { type FormEvent, useLayoutEffect, useRef, useState } from 'react';
import type { ExperimentRecord } from '../../../lab/experiments/experiment';
import { jobsOf } from '../../../lab/experiments/jobs';
import type { JobReport } from '../../../worker/experiment-protocol';
import controls from '../../controls/controls.module.css';
import { significant } from '../../format/numbers';
import { architectureText } from '../../i18n/architecture-text';
import { useExperiments } from '../../state/experiments';
import {
  changeExperiment,
  nameExperiment,
  removeExperiment,
  repeatExperiment,
  showExperiment,
} from '../../state/experiments-commands';
import styles from './architecture.module.css';
import { armName, experimentName } from './names';
import { useShown } from './useShown';

const words = architectureText.queue;

/** Seeds that one click adds. */
const more = 3;

export function QueueRow({
  record,
  first,
  last,
}: {
  readonly record: ExperimentRecord;
  readonly first: boolean;
  readonly last: boolean;
}) {
  const name = experimentName(record);
  const shown = useShown()?.record.id === record.id;
  const [renaming, setRenaming] = useState(false);
  const { id, state } = record;
  const action = (label: string, act: () => void, disabled = false, title?: string) => (
    <button
      type="button"
      className={controls.link}
      aria-label={words.named(label, name)}
      title={title}
      disabled={disabled}
      onClick={act}
    >
      {label}
    </button>
  );
  return (
    <li className={styles.queued} data-experiment={id} data-state={state} data-shown={shown}>
      {renaming ? (
        <Rename record={record} name={name} onDone={() => setRenaming(false)} />
      ) : (
        <button
          type="button"
          className={styles.queueName}
          aria-pressed={shown}
          title={words.show(name)}
          onClick={() => showExperiment(id)}
        >
          {name}
        </button>
      )}
      <span className={styles.state}>{words.states[state]}</span>
      <Progress record={record} name={name} />
      <span className={styles.rowActions}>
        {(state === 'running' || state === 'waiting') && action(words.pause, () => changeExperiment(id, 'pause'))}
        {(state === 'paused' || state === 'cancelled') && action(words.run, () => changeExperiment(id, 'run'))}
        {state !== 'done' && state !== 'cancelled' && action(words.cancel, () => changeExperiment(id, 'cancel'))}
        {state === 'done' && action(words.repeat, () => repeatExperiment(id, more), false, words.repeatHint)}
        {action(words.earlier, () => changeExperiment(id, 'earlier'), first)}
        {action(words.later, () => changeExperiment(id, 'later'), last)}
        {action(words.rename, () => setRenaming(true))}
        {action(words.remove, () => removeExperiment(record))}
      </span>
    </li>
  );
}

function Progress({ record, name }: { readonly record: ExperimentRecord; readonly name: string }) {
  const jobs = useExperiments(({ underWay }) => underWay[record.id]?.jobs) ?? noJobs;
  const all = jobsOf(record.experiment, record.arms).length;
  const done = record.results.length;
  const part = jobs.reduce((sum, { step, steps }) => sum + step / Math.max(1, steps), 0);
  const now = jobs.map((job) => nowText(job, record)).join(' · ');
  return (
    <>
      <progress aria-label={words.progress(name)} max={Math.max(1, all)} value={Math.min(all, done + part)} />
      <small className={styles.now}>
        {words.runs(done, all)}
        {now !== '' && ` · ${now}`}
      </small>
    </>
  );
}

const noJobs: readonly JobReport[] = [];

function nowText({ job, step, steps }: JobReport, { arms, experiment }: ExperimentRecord): string {
  const arm = arms.find(({ id }) => id === job.arm);
  const name = arm ? armName(arm, experiment) : job.arm;
  return job.purpose === 'search'
    ? words.nowSearch(name, significant(job.factor ?? 1), step, steps)
    : words.now(name, job.seed, step, steps);
}

/** Enter keeps the name, Escape leaves it as it was. */
function Rename({
  record,
  name,
  onDone,
}: {
  readonly record: ExperimentRecord;
  readonly name: string;
  onDone(): void;
}) {
  const input = useRef<HTMLInputElement>(null);
  const [value, setValue] = useState(record.name ?? '');
  useLayoutEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, []);
  const save = (event: FormEvent) => {
    event.preventDefault();
    nameExperiment(record.id, value);
    onDone();
  };
  return (
    <form className={styles.renaming} onSubmit={save} onKeyDown={({ key }) => key === 'Escape' && onDone()}>
      <input
        ref={input}
        value={value}
        maxLength={200}
        placeholder={name}
        aria-label={words.renameLabel(name)}
        onChange={({ target }) => setValue(target.value)}
      />
      <button type="submit" className={controls.link}>
        {words.save}
      </button>
      <button type="button" className={controls.link} onClick={onDone}>
        {words.leave}
      </button>
    </form>
  );
}
