/**
 * The generator run backwards: all choice sequences that tell exactly a given text, by depth-first search with
 * re-running. A run follows a path of choices; the first piece of text that does not match the target ends it. The sum
 * over derivations is the exact probability of the text, and exactly one derivation is what the generator promises.
 */
import { exp, log } from '../../graph/exact-math';
import { type Chooser, type Sink, weightTotal } from './chooser';
import { EVEN_MIXTURE, type Mixture, tellDocument } from './document';

export interface Parse {
  /** how many choice sequences tell the text; 0: the generator cannot tell it */
  readonly derivations: number;
  /** nats, the logarithm of the sum over derivations; -Infinity where there is none */
  readonly logProbability: number;
}

/** Thrown to leave a run whose text differs from the target; it carries nothing. */
const MISMATCH = new Error('The text differs from the target.');

class GuidedRun implements Chooser, Sink {
  logProbability = 0;
  at = 0;
  private depth = 0;

  constructor(
    private readonly target: string,
    private readonly path: number[],
    private readonly counts: number[],
  ) {}

  /** Pieces are never empty of meaning for the search: the target must go on with each of them. */
  write(piece: string): void {
    if (!this.target.startsWith(piece, this.at)) throw MISMATCH;
    this.at += piece.length;
  }

  choose(count: number, weights: readonly number[] | null = null, surface?: (option: number) => string): number {
    if (count === 1) return 0;
    const depth = this.depth++;
    let option = this.path[depth] ?? 0;
    if (depth >= this.path.length - 1) {
      while (option < count && !this.possible(option, weights, surface)) option++;
      this.path[depth] = option;
      this.counts[depth] = count;
      if (option === count) throw MISMATCH;
    }
    this.logProbability += weights === null ? -log(count) : log((weights[option] ?? 0) / weightTotal(count, weights));
    return option;
  }

  private possible(option: number, weights: readonly number[] | null, surface?: (option: number) => string): boolean {
    if (weights !== null && weights[option] === 0) return false;
    return surface === undefined || this.target.includes(surface(option));
  }
}

export function parseDocument(text: string, mixture: Mixture = EVEN_MIXTURE): Parse {
  const path: number[] = [];
  const counts: number[] = [];
  const found: number[] = [];
  do {
    const run = new GuidedRun(text, path, counts);
    try {
      tellDocument(run, run, mixture);
      if (run.at === text.length) found.push(run.logProbability);
    } catch (error) {
      if (error !== MISMATCH) throw error;
    }
  } while (advance(path, counts));
  const highest = Math.max(...found);
  const logProbability =
    found.length === 0
      ? Number.NEGATIVE_INFINITY
      : highest + log(found.reduce((sum, one) => sum + exp(one - highest), 0));
  return { derivations: found.length, logProbability };
}

/** The next path in depth-first order; false when every path has been run. */
function advance(path: number[], counts: number[]): boolean {
  while (path.length > 0) {
    const last = path.length - 1;
    const next = (path[last] ?? 0) + 1;
    if (next < (counts[last] ?? 0)) {
      path[last] = next;
      return true;
    }
    path.pop();
  }
  return false;
}
