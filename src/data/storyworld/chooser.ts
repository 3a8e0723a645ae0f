/**
 * The one door through which the generator decides anything. A document is a function of its choices, so one program
 * draws documents at random, sums their exact log-probability (nats), and is run backwards by the parser (parse.ts).
 *
 * Rule for callers: make a choice only where the text tells it, and never give two options the same telling; then each
 * text has exactly one derivation and the sum of its choices' log-probabilities is the log-probability of the text.
 */
import { log } from '../../graph/exact-math';
import type { CounterRandom } from './random';

export interface Chooser {
  /**
   * An index in [0, count). weights are non-negative integers (null: uniform). surface(i), when given, is a string
   * that a text telling option i must contain: it never changes the choice, it only lets a parser skip options.
   */
  choose(count: number, weights?: readonly number[] | null, surface?: (option: number) => string): number;
}

/** Where the telling goes, piece by piece. */
export interface Sink {
  write(piece: string): void;
}

/** Draws each choice at random and records the log-probability of what it drew. */
export class RandomChooser implements Chooser {
  logProbability = 0;

  constructor(private readonly random: CounterRandom) {}

  choose(count: number, weights: readonly number[] | null = null): number {
    if (count === 1) return 0;
    if (weights === null) {
      this.logProbability -= log(count);
      return this.random.below(count);
    }
    const total = weightTotal(count, weights);
    let left = this.random.below(total);
    for (let option = 0; option < count; option++) {
      const weight = weights[option] ?? 0;
      if (left < weight) {
        this.logProbability += log(weight / total);
        return option;
      }
      left -= weight;
    }
    throw new Error(`A choice among ${count} options drew past its weights; give one weight per option.`);
  }
}

export function weightTotal(count: number, weights: readonly number[]): number {
  let total = 0;
  for (let option = 0; option < count; option++) total += weights[option] ?? 0;
  return total;
}

/** Keeps the told text as one string. */
export class TextSink implements Sink {
  text = '';

  write(piece: string): void {
    this.text += piece;
  }
}
