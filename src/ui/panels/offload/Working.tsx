/** How far a request under way is, how long it still takes, and the button that ends it. */
import type { OffloadRequest } from '../../../worker/offload-protocol';
import controls from '../../controls/controls.module.css';
import { text } from '../../i18n/catalogue';
import { offloadText } from '../../i18n/offload-text';
import { isPending } from '../../state/engine';
import { useOffload } from '../../state/offload';
import { stopOffload } from '../../state/offload-commands';
import styles from './offload.module.css';

const words = offloadText.progress;

type Task = Exclude<OffloadRequest['type'], 'stopOffload'>;

/** Nothing while no such request is under way. */
export function Working({ request }: { readonly request: Task }) {
  const pending = useOffload((state) => state.pending);
  const progress = useOffload((state) => state.progress);
  if (!isPending(pending, request)) return null;
  // Requests are answered one after the other.
  const waits = pending.find((type) => type !== 'open') !== request;
  const known = !waits && progress && progress.total > 0 ? progress : null;
  return (
    <div className={styles.working} data-working={request}>
      <span className={controls.quiet}>{waits ? words.waiting : known ? <Line {...known} /> : words.working}</span>
      <button type="button" className={controls.link} onClick={stopOffload} disabled={waits}>
        {offloadText.cancel}
      </button>
      <progress aria-label={words.label} max={1} {...(known && { value: known.done / known.total })} />
    </div>
  );
}

type Known = NonNullable<ReturnType<typeof useOffload.getState>['progress']>;

function Line({ task, done, total, begun }: Known) {
  const elapsed = (performance.now() - begun) / 1000;
  const amount = task === 'download' || task === 'upload' ? words.bytes(done, total) : words.steps(done, total);
  // The first moments say little about the rest.
  const left = done > 0 && elapsed > 0.5 ? words.left((elapsed * (total - done)) / done) : null;
  return <>{[text.progress[task], amount, left].filter((part) => part !== null).join(' · ')}</>;
}
