/** How many threads the CPU may use: a matter of this machine and its owner's ears, so it is kept here and in no link. */

const key = 'threads';

/** Null: as many as suit. */
export function chosenThreads(): number | null {
  const threads = Number(read());
  return Number.isInteger(threads) && threads >= 1 ? threads : null;
}

export function keepThreads(threads: number | null): void {
  try {
    if (threads === null) localStorage.removeItem(key);
    else localStorage.setItem(key, String(threads));
  } catch {
    // A browser that denies storage forgets it with the page.
  }
}

function read(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
