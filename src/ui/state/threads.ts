/** How many threads the CPU may use: a matter of this machine and its owner's ears, so it is kept here and in no link. */
import { create } from 'zustand';

const key = 'threads';

interface ThreadsState {
  /** Null: as many as suit. */
  readonly threads: number | null;
}

export const useThreads = create<ThreadsState>()(() => ({ threads: read() }));

export function chosenThreads(): number | null {
  return useThreads.getState().threads;
}

export function keepThreads(threads: number | null): void {
  useThreads.setState({ threads });
  try {
    if (threads === null) localStorage.removeItem(key);
    else localStorage.setItem(key, String(threads));
  } catch {
    // A browser that denies storage forgets it with the page.
  }
}

/** More than there are cores, kept on another day or by hand, are as many as there are. */
function read(): number | null {
  try {
    const threads = Number(localStorage.getItem(key));
    return Number.isInteger(threads) && threads >= 1 ? Math.min(threads, navigator.hardwareConcurrency) : null;
  } catch {
    return null;
  }
}
