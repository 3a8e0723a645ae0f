/** The experiments of this browser in the order in which they run: what each is doing, and what can be done with it. */
import { type ChangeEvent, useRef } from 'react';
import controls from '../../controls/controls.module.css';
import { architectureText } from '../../i18n/architecture-text';
import { isPending } from '../../state/engine';
import { useExperiments } from '../../state/experiments';
import { cancelExperiments, importExperiments } from '../../state/experiments-commands';
import styles from './architecture.module.css';
import { QueueRow } from './QueueRow';

export function Queue() {
  const records = useExperiments((state) => state.records);
  const words = architectureText.queue;
  return (
    <section className={controls.card} aria-label={words.heading}>
      <div className={controls.cardHead}>
        <h2>{words.heading}</h2>
        <span className={styles.tools}>
          <TimeLeft />
          <CancelAll />
          <Import />
        </span>
      </div>
      {records === null ? (
        <p className={controls.quiet}>{words.reading}</p>
      ) : records.length === 0 ? (
        <p className={controls.quiet}>{words.empty}</p>
      ) : (
        <ol className={styles.queue}>
          {records.map((record, place) => (
            <QueueRow key={record.id} record={record} first={place === 0} last={place === records.length - 1} />
          ))}
        </ol>
      )}
    </section>
  );
}

/** Of what runs and of what waits behind it, by the pace of what runs. */
function TimeLeft() {
  const words = architectureText.queue;
  const line = useExperiments(({ records, underWay }) => {
    const running = records?.find(({ state }) => state === 'running');
    if (!running) return '';
    const { secondsLeft = null, secondsWaiting = null } = underWay[running.id] ?? {};
    return secondsLeft === null ? words.leftUnknown : words.left(secondsLeft + (secondsWaiting ?? 0));
  });
  return <span className={controls.quiet}>{line}</span>;
}

function CancelAll() {
  const open = useExperiments(({ records }) =>
    (records ?? []).some(({ state }) => state === 'running' || state === 'waiting' || state === 'paused'),
  );
  const asked = useExperiments((state) => isPending(state.pending, 'cancelExperiments'));
  return (
    <button type="button" className={controls.link} disabled={!open || asked} onClick={cancelExperiments}>
      {architectureText.queue.cancelAll}
    </button>
  );
}

function Import() {
  const input = useRef<HTMLInputElement>(null);
  const words = architectureText.files;
  const take = ({ target }: ChangeEvent<HTMLInputElement>) => {
    void importExperiments([...(target.files ?? [])]);
    target.value = '';
  };
  return (
    <>
      <button type="button" className={controls.link} title={words.importHint} onClick={() => input.current?.click()}>
        {words.import}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept=".json,application/json"
        aria-label={words.import}
        onChange={take}
      />
    </>
  );
}
