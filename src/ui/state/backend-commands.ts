/** The choice of GPU or CPU and of threads, for both workers: the one that writes and the one that trains. */
import type { BackendSetting } from '../../worker/protocol';
import type { Shared } from './address';
import { changeBackend, followEngine } from './commands';
import { useSettings } from './settings';
import { keepThreads } from './threads';
import { openBackend } from './training-commands';

export function chooseBackend(backend: BackendSetting): void {
  if (backend === useSettings.getState().backend) return;
  useSettings.getState().set({ backend });
  changeBackend();
  openBackend();
}

/** Null: as many as suit. */
export function chooseThreads(threads: number | null): void {
  keepThreads(threads);
  changeBackend();
  openBackend();
}

/** The address was changed by hand or by going back: both workers follow where they must. */
export function followAddressed(before: Shared, after: Shared): void {
  followEngine(before, after);
  if (before.backend !== after.backend) openBackend();
}
