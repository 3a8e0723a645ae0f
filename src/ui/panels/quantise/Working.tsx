/** How far a request under way is, how long it still takes, and the button that ends it. */
import controls from '../../controls/controls.module.css';
import { text } from '../../i18n/catalogue';
import { quantiseText } from '../../i18n/quantise-text';
import { isPending } from '../../state/engine';
import { useQuantise } from '../../state/quantise';
import { stopQuantise } from '../../state/quantise-commands';
import styles from './quantise.module.css';

const words = quantiseText.progress;

const longTasks = [
  'openQuantise',
  'measureSchemes',
  'measureErrors',
  'measureSensitivity',
  'compareQuantised',
  'exportQuantised',
  'compareRanges',
  'timeQuantisedShapes',
] as const;

type Task = (typeof longTasks)[number];

/** Those that end with what they have until then, or nothing, when they are stopped. */
const stoppable: readonly Task[] = [
  'measureSchemes',
  'measureErrors',
  'measureSensitivity',
  'compareQuantised',
  'compareRanges',
  'timeQuantisedShapes',
];

/** Nothing while no such request is under way. */
export function Working({ request }: { readonly request: Task }) {
  const pending = useQuantise((state) => state.pending);
  const progress = useQuantise((state) => state.progress);
  if (!isPending(pending, request)) return null;
  // Requests are answered one after the other.
  const waits = pending.find((type) => (longTasks as readonly string[]).includes(type)) !== request;
  const known = !waits && progress && progress.total > 0 ? progress : null;
  return (
    <div className={styles.working} data-working={request}>
      <span className={controls.quiet}>{waits ? words.waiting : known ? <Line {...known} /> : words.working}</span>
      {stoppable.includes(request) && (
        <button type="button" className={controls.link} onClick={stopQuantise} disabled={waits}>
          {quantiseText.cancel}
        </button>
      )}
      <progress aria-label={words.label} max={1} {...(known && { value: known.done / known.total })} />
    </div>
  );
}

type Known = NonNullable<ReturnType<typeof useQuantise.getState>['progress']>;

function Line({ task, done, total, begun }: Known) {
  const elapsed = (performance.now() - begun) / 1000;
  const amount = task === 'download' || task === 'upload' ? words.bytes(done, total) : words.steps(done, total);
  // The first moments say little about the rest.
  const left = done > 0 && elapsed > 0.5 ? words.left((elapsed * (total - done)) / done) : null;
  return <>{[text.progress[task], amount, left].filter((part) => part !== null).join(' · ')}</>;
}
