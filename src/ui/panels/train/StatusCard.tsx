/** What the run is doing and how long it still takes, in a card that never changes its height. */
import { runNames } from '../../../lab/run-names';
import type { RunRecord } from '../../../lab/run-record';
import { summaryOf } from '../../../train/curves';
import controls from '../../controls/controls.module.css';
import { text } from '../../i18n/catalogue';
import { isPending, type Progress } from '../../state/engine';
import { useTraining } from '../../state/training';
import styles from './train.module.css';

interface Line {
  readonly left: string;
  readonly right: string;
  /** In [0, 1]; null while it is not known. */
  readonly share: number | null;
}

export function StatusCard() {
  const line = useLine();
  return (
    <div className={`${controls.card} ${styles.status}`}>
      <b>{line.left}</b>
      <span className={controls.quiet}>{line.right}</span>
      <progress aria-label={text.train.status.progress} max={1} {...(line.share !== null && { value: line.share })} />
      <Announcement />
    </div>
  );
}

function useLine(): Line {
  const words = text.train.status;
  const { device, shown, pending, progress, stepMilliseconds, stepsLeft } = useTraining();
  if (isPending(pending, 'startRun', 'resumeRun', 'prepareRun')) {
    return { left: device ? words.preparing : words.starting, ...progressLine(progress) };
  }
  if (!shown) return { left: words.idle, right: words.idleHint, share: 0 };
  if (shown.state === 'recorded') {
    const date = shown.created.slice(0, 10);
    return {
      left: words.recorded(runNames([shown]).get(shown.id) ?? ''),
      right: words.recordedHint(shown.adapter, date),
      share: 1,
    };
  }
  const { step } = summaryOf(shown.curves);
  const all = shown.recipe.steps;
  const left = `${words.step(step, all)} · ${words.states[shown.state]}`;
  if (progress && shown.state === 'running') return { left, ...progressLine(progress), share: step / all };
  return { left, right: pace(shown, stepMilliseconds, stepsLeft), share: step / all };
}

function pace(run: RunRecord, stepMilliseconds: number | null, stepsLeft: number): string {
  const words = text.train.status;
  const rate = run.curves.steps.at(-1)?.tokensPerSecond;
  const goesOn = run.state === 'running' || run.state === 'paused';
  return [
    goesOn && stepMilliseconds !== null ? words.left((stepMilliseconds * stepsLeft) / 1000) : words.took(run.seconds),
    stepMilliseconds !== null && words.stepTime(stepMilliseconds),
    rate !== undefined && words.rate(rate),
  ]
    .filter(Boolean)
    .join(' · ');
}

function progressLine(progress: Progress | null): { right: string; share: number | null } {
  if (!progress || progress.total === 0) return { right: '', share: null };
  const { task, done, total } = progress;
  return {
    right: `${text.progress[task]} · ${text.train.status.share(done, total)}`,
    share: Math.min(1, done / total),
  };
}

/** Spoken when the run starts, waits or ends, not at every step. */
function Announcement() {
  const state = useTraining(({ shown }) => shown?.state ?? null);
  const words = text.train.status;
  const { shown } = useTraining.getState();
  return (
    <span role="status" className={styles.spoken}>
      {shown && state && state !== 'recorded' && words.announce(words.states[state], summaryOf(shown.curves).step)}
    </span>
  );
}
