/** How far a request under way is, how long it still takes, and the button that ends it. */
import { text } from '../i18n/catalogue';
import { working as words } from '../i18n/working';
import type { TimedProgress } from '../state/engine';
import controls from './controls.module.css';
import styles from './working.module.css';

export function Working({
  request,
  waits,
  progress,
  beginning = words.working,
  amount,
  onStop,
  className = '',
}: {
  readonly request: string;
  /** Another request is answered first. */
  readonly waits: boolean;
  readonly progress: TimedProgress | null;
  /** What is said before anything is known of its progress. */
  readonly beginning?: string;
  /** How much is done, where that is neither bytes nor steps. */
  amount?(progress: TimedProgress): string | null;
  /** Without it there is no button. */
  readonly onStop?: (() => void) | undefined;
  readonly className?: string | undefined;
}) {
  const known = !waits && progress && progress.total > 0 ? progress : null;
  const said = known ? lineOf(known, amount?.(known) ?? amountOf(known)) : beginning;
  return (
    <div className={`${styles.working} ${className}`} data-working={request}>
      <span className={controls.quiet}>{waits ? words.waiting : said}</span>
      {onStop && (
        <button type="button" className={controls.link} onClick={onStop} disabled={waits}>
          {words.cancel}
        </button>
      )}
      <progress aria-label={words.label} max={1} {...(known && { value: known.done / known.total })} />
    </div>
  );
}

function amountOf({ task, done, total }: TimedProgress): string {
  return task === 'download' || task === 'upload' ? words.bytes(done, total) : words.steps(done, total);
}

function lineOf({ task, done, total, begun }: TimedProgress, amount: string): string {
  const elapsed = (performance.now() - begun) / 1000;
  // The first moments say little about the rest.
  const left = done > 0 && elapsed > 0.5 ? words.left((elapsed * (total - done)) / done) : null;
  return [text.progress[task], amount, left].filter((part) => part !== null).join(' · ');
}
