/**
 * Charts are drawn one at a time: each asks for its turn, and the turns are tasks of their own with a pause between them,
 * so that no single task holds the page up.
 */

/** Milliseconds between two turns, and between two turns of the same chart: at most four a second. */
const pause = 30;
const rest = 250;

export interface Turn {
  readonly run: () => void;
  /** When it ran last, in milliseconds of `performance.now`; -Infinity: never. */
  last: number;
}

const waiting = new Set<Turn>();
let timer: ReturnType<typeof setTimeout> | undefined;

export function askTurn(turn: Turn): void {
  waiting.add(turn);
  if (timer === undefined) timer = setTimeout(next, 0);
}

export function forgetTurn(turn: Turn): void {
  waiting.delete(turn);
}

/** The one that has waited longest is run, if its rest is over. */
function next(): void {
  timer = undefined;
  const now = performance.now();
  const [turn] = [...waiting].sort((a, b) => a.last - b.last);
  if (!turn) return;
  if (now - turn.last >= rest) {
    waiting.delete(turn);
    turn.run();
    turn.last = performance.now();
  }
  if (waiting.size > 0) timer = setTimeout(next, pause);
}
