/** A request of this panel under way. */
import { Working as Line } from '../../controls/Working';
import { text } from '../../i18n/catalogue';
import { tokenizerText } from '../../i18n/tokenizer-text';
import { isPending, type TimedProgress } from '../../state/engine';
import { useTokenizer } from '../../state/tokenizer';
import { stopTokenizer } from '../../state/tokenizer-commands';

type Task = 'countTokens' | 'measureCoverage' | 'measurePruned';

const longTasks: readonly string[] = [
  'openTokenizer',
  'countTokens',
  'measureCoverage',
  'measurePruned',
  'comparePruned',
];

const firstTask = { countTokens: 'read', measureCoverage: 'coverage', measurePruned: 'download' } as const;

/** Nothing while no such request is under way. */
export function Working({ request }: { readonly request: Task }) {
  const pending = useTokenizer((state) => state.pending);
  const progress = useTokenizer((state) => state.progress);
  if (!isPending(pending, request)) return null;
  // Requests are answered one after the other.
  const waits = pending.find((type) => longTasks.includes(type)) !== request;
  const beginning = text.progress[firstTask[request]];
  return <Line {...{ request, waits, progress, beginning }} amount={characters} onStop={stopTokenizer} />;
}

function characters({ task, done, total }: TimedProgress): string | null {
  return task === 'count' || task === 'read' ? tokenizerText.text.counting(done, total) : null;
}
