/**
 * A finished model examined: which of StoryWorld's questions it answers, and how well it predicts held-out documents. One outcome a
 * question or document, so that what two models make of the same one can be paired.
 *
 * Bits a character are the ratio of two sums, Σ nats / Σ characters; its standard error is the one that StoryWorld's floor has
 * (src/data/corpus/floor.ts), the interval Student's with a degree of freedom less than there are documents.
 */
import { characterCount } from '../data/corpus/documents';
import { type FloorDocument, floorOf } from '../data/corpus/floor';
import { type Probe, type ProbeKind, probe } from '../data/storyworld';
import { breather } from '../graph/breather';
import type { Runtime } from '../model/runtime';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { documentIds, type HeldOutDocument } from './held-out-documents';
import { answerProbe, lastOf, lossOf, probeIds } from './score';
import { proportion, studentQuantile } from './statistics';

export const probeKinds = [
  'recall',
  'ending',
  'reading-zh',
  'counting',
  'translation',
] as const satisfies readonly ProbeKind[];

export interface Examined {
  readonly runtime: Runtime;
  readonly tokenizer: Tokenizer;
}

export interface ExamControl {
  /** After each question or document. */
  readonly onDone?: () => void;
  /** Asked before each. */
  readonly shouldStop?: () => boolean;
}

/** An estimate with its 95 % interval. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly n: number;
}

/** The same questions for the same seed. */
export function probesOf(kind: ProbeKind, seed: number, count: number): Probe[] {
  return Array.from({ length: count }, (_, index) => probe(kind, seed, index));
}

/** Whether a question's choices fit the context, with at least the last token of what stands before them. */
export function fitsProbe(tokenizer: Tokenizer, question: Probe, context: number): boolean {
  return lastOf(probeIds(tokenizer, question), context) !== null;
}

/** Which questions are answered rightly; null when stopped. Of a prompt that is longer than the context the end is read. */
export function answersOf(
  { runtime, tokenizer }: Examined,
  questions: readonly Probe[],
  control: ExamControl = {},
): Promise<boolean[] | null> {
  return examine(
    questions,
    async (question) => (await answerProbe(runtime, tokenizer, question)).best === question.answer,
    control,
  );
}

export interface DocumentLoss extends FloorDocument {
  readonly language: HeldOutDocument['language'];
}

/** The loss of each document, which must fit the context; null when stopped. */
export function lossesOf(
  { runtime, tokenizer }: Examined,
  documents: readonly HeldOutDocument[],
  control: ExamControl = {},
): Promise<DocumentLoss[] | null> {
  return examine(
    documents,
    async (document) => {
      const ids = documentIds(tokenizer, document);
      const nats = await lossOf(runtime, ids, 1);
      return { nats, tokens: ids.length - 1, characters: characterCount(document.text), language: document.language };
    },
    control,
  );
}

/** Null of fewer than two documents, of which no interval can be told. */
export function bitsPerCharacter(losses: readonly FloorDocument[]): Interval | null {
  const n = losses.length;
  if (n < 2) return null;
  const { value, standardError } = floorOf(losses).bitsPerCharacter;
  const half = studentQuantile(0.975, n - 1) * standardError;
  return { value, low: value - half, high: value + half, n };
}

/**
 * After less before, of the same documents. The ratio estimator is linear in what is above the line, so `bitsPerCharacter` of these
 * is the difference, with an interval that is narrower than either's.
 */
export function pairedLosses<T extends FloorDocument>(before: readonly T[], after: readonly T[]): T[] {
  return after.map((loss, index) => ({ ...loss, nats: loss.nats - (before[index]?.nats ?? 0) }));
}

/** Share of the questions answered rightly, with Wilson's interval. */
export function shareOf(right: readonly boolean[]): Interval {
  const { share, n, interval } = proportion(right.filter(Boolean).length, right.length);
  return { value: share, low: interval[0], high: interval[1], n };
}

/** Milliseconds without giving way to a wish to stop. */
const longestTurn = 20;

async function examine<T, R>(
  items: readonly T[],
  one: (item: T) => Promise<R>,
  { onDone, shouldStop }: ExamControl,
): Promise<R[] | null> {
  const breathe = breather(longestTurn);
  const results: R[] = [];
  for (const item of items) {
    await breathe();
    if (shouldStop?.()) return null;
    results.push(await one(item));
    onDone?.();
  }
  return results;
}
