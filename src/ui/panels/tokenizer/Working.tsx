/** How far a request under way is, how long it still takes, and the button that ends it. */
import controls from '../../controls/controls.module.css';
import { text } from '../../i18n/catalogue';
import { tokenizerText } from '../../i18n/tokenizer-text';
import { isPending } from '../../state/engine';
import { useTokenizer } from '../../state/tokenizer';
import { stopTokenizer } from '../../state/tokenizer-commands';
import styles from './tokenizer.module.css';

type Task = 'countTokens' | 'measureCoverage' | 'measurePruned';

/** Nothing while no such request is under way. */
export function Working({ request }: { readonly request: Task }) {
  const pending = useTokenizer((state) => state.pending);
  const progress = useTokenizer((state) => state.progress);
  if (!isPending(pending, request)) return null;
  // Requests are answered one after the other.
  const waits = pending.find((type) => longTasks.includes(type)) !== request;
  const known = !waits && progress && progress.total > 0 ? progress : null;
  return (
    <div className={styles.working}>
      <span className={controls.quiet}>
        {waits ? tokenizerText.progress.waiting : known ? <Line {...known} /> : text.progress[firstTask[request]]}
      </span>
      <button type="button" className={controls.link} onClick={stopTokenizer} disabled={waits}>
        {tokenizerText.text.cancel}
      </button>
      <progress aria-label={tokenizerText.progress.label} max={1} {...(known && { value: known.done / known.total })} />
    </div>
  );
}

const longTasks: readonly string[] = [
  'openTokenizer',
  'countTokens',
  'measureCoverage',
  'measurePruned',
  'comparePruned',
];

const firstTask = { countTokens: 'read', measureCoverage: 'coverage', measurePruned: 'download' } as const;

type Known = NonNullable<ReturnType<typeof useTokenizer.getState>['progress']>;

function Line({ task, done, total, begun }: Known) {
  const words = tokenizerText.progress;
  const elapsed = (performance.now() - begun) / 1000;
  const amount =
    task === 'count' || task === 'read'
      ? tokenizerText.text.counting(done, total)
      : task === 'download' || task === 'upload'
        ? words.bytes(done, total)
        : words.steps(done, total);
  // The first moments say little about the rest.
  const left = done > 0 && elapsed > 0.5 ? words.left((elapsed * (total - done)) / done) : null;
  return <>{[text.progress[task], amount, left].filter((part) => part !== null).join(' · ')}</>;
}
