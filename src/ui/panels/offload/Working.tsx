/** A request of this panel under way. */
import type { OffloadRequest } from '../../../worker/offload-protocol';
import { Working as Line } from '../../controls/Working';
import { isPending } from '../../state/engine';
import { useOffload } from '../../state/offload';
import { stopOffload } from '../../state/offload-commands';
import styles from './offload.module.css';

type Task = Exclude<OffloadRequest['type'], 'stopOffload'>;

/** Nothing while no such request is under way. */
export function Working({ request }: { readonly request: Task }) {
  const pending = useOffload((state) => state.pending);
  const progress = useOffload((state) => state.progress);
  if (!isPending(pending, request)) return null;
  // Requests are answered one after the other.
  const waits = pending.find((type) => type !== 'open') !== request;
  return <Line {...{ request, waits, progress }} className={styles.working} onStop={stopOffload} />;
}
