/** The strings of work under way that several panels show alike; fetched with the first of them. */
import { formatBytes, formatDuration, formatInteger } from '../format/numbers';

export const working = {
  label: 'Progress',
  left: (seconds: number) => `${formatDuration(seconds)} left`,
  steps: (done: number, total: number) => `${formatInteger(done)} of ${formatInteger(total)}`,
  bytes: (done: number, total: number) => `${formatBytes(done)} of ${formatBytes(total)}`,
  waiting: 'Waiting for what is under way…',
  working: 'Working…',
  cancel: 'Cancel',
};
