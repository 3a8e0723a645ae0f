/** A request of this panel under way. */
import { Working as Line } from '../../controls/Working';
import { isPending } from '../../state/engine';
import { useQuantise } from '../../state/quantise';
import { stopQuantise } from '../../state/quantise-commands';

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
  return <Line {...{ request, waits, progress }} onStop={stoppable.includes(request) ? stopQuantise : undefined} />;
}
