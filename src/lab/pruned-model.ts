/**
 * A model before and after something was done to it, its vocabulary pruned or its matrices quantised: size, held-out loss, answers and
 * speed. Both read the same documents and are asked the same questions, and they are timed in turn, so that what the machine does
 * meanwhile touches both alike.
 *
 * Bits a character compare across vocabularies, nats a token do not.
 */

import { characterCount } from '../data/corpus/documents';
import type { Probe } from '../data/storyworld';
import { parameterCount } from '../model/names';
import { vocabularyParameters } from '../model/prune-vocabulary';
import type { Runtime } from '../model/runtime';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { timeDecoding } from './backend-choice';
import {
  answersOf,
  bitsPerCharacter,
  type DocumentLoss,
  type ExamControl,
  type Examined,
  fitsProbe,
  type Interval,
  lossesOf,
  pairedLosses,
  shareOf,
} from './evaluation';
import type { Exam } from './exam';
import { documentIds, fittingDocuments, type HeldOutDocument } from './held-out-documents';
import { pairedDifference } from './statistics';

export type ByDocumentLanguage<T> = Readonly<Record<'all' | 'en' | 'zh', T>>;

export interface ModelFigures {
  readonly vocabularySize: number;
  readonly parameters: number;
  /** Of embedding and head together. */
  readonly vocabularyParameters: number;
  /** Of the weights as the file stores them. */
  readonly bytes: number;
  /** Held-out, over documents; by the language of the document. Null of fewer than two documents. */
  readonly bitsPerCharacter: ByDocumentLanguage<Interval | null>;
  /** Share of probe questions answered rightly; `kinds` by kind. Null for a model that is asked none. */
  readonly probes: { readonly all: Interval; readonly kinds: Readonly<Record<string, Interval>> } | null;
  /** Median of the measured tokens. */
  readonly tokensPerSecond: number;
  /** At the characters a token, the end of a document included, that held-out text has under this vocabulary. */
  readonly charactersPerSecond: number;
}

/** After less before, of the same documents and questions: intervals of the paired differences, narrower than those of either. */
export interface ModelDifference {
  readonly bitsPerCharacter: ByDocumentLanguage<Interval | null>;
  readonly probes: Interval | null;
}

export interface Comparison {
  readonly before: ModelFigures;
  readonly after: ModelFigures;
  readonly difference: ModelDifference;
  /** Documents left out of both because one vocabulary does not fit them into the context. */
  readonly left: number;
}

export interface MeasuredModel extends Examined {
  /** Of the weights as the file stores them. */
  readonly bytes: number;
}

export interface ComparisonControl {
  readonly onProgress?: (done: number, total: number) => void;
  readonly shouldStop?: () => boolean;
}

/** The median of so many rounds counts. */
export const timedRounds = 11;
/** A round lasts so long at least: a small model's token takes less than a clock in the browser can tell. */
const roundMilliseconds = 20;

/** Null when stopped. */
export async function compareModels(
  before: MeasuredModel,
  after: MeasuredModel,
  exam: Exam,
  { onProgress, shouldStop = () => false }: ComparisonControl = {},
): Promise<Comparison | null> {
  const chosen = chooseExam(exam, [before.tokenizer, after.tokenizer], before.runtime);
  const total = 2 * (chosen.fitting.length + chosen.asked.length + timedRounds);
  let done = 0;
  const onDone = () => {
    done += 1;
    onProgress?.(done, total);
  };
  const examined = await examineModel(before, chosen, { onDone, shouldStop });
  return examined && compareWith(examined, after, { onDone, shouldStop });
}

/** What of an exam fits the context under every vocabulary. */
export interface ChosenExam {
  readonly fitting: readonly HeldOutDocument[];
  readonly left: number;
  readonly asked: readonly Probe[];
  /** Of the exam, for the characters a token. */
  readonly documents: readonly HeldOutDocument[];
}

export function chooseExam(
  { documents, wanted, questions }: Exam,
  tokenizers: readonly Tokenizer[],
  { config }: Runtime,
): ChosenExam {
  const context = config.max_position_embeddings;
  const { fitting, left } = fittingDocuments(documents, tokenizers, context, wanted);
  const asked = questions?.filter((question) => tokenizers.every((one) => fitsProbe(one, question, context))) ?? [];
  return { fitting, left, asked, documents };
}

/** A model that was examined, to be compared with one or more others. */
export interface ExaminedModel {
  readonly model: MeasuredModel;
  readonly exam: ChosenExam;
  readonly outcome: Outcome;
}

/** Null when stopped. */
export async function examineModel(
  model: MeasuredModel,
  exam: ChosenExam,
  control: ExamControl = {},
): Promise<ExaminedModel | null> {
  const outcome = await examine(model, exam, control);
  return outcome && { model, exam, outcome };
}

/** `after` on the same exam, and both timed in turn. Null when stopped. */
export async function compareWith(
  before: ExaminedModel,
  after: MeasuredModel,
  control: ExamControl = {},
): Promise<Comparison | null> {
  const { exam, model } = before;
  const examined = await examineModel(after, exam, control);
  const speeds = examined && (await timeInTurn([model, after], control));
  if (!examined || !speeds) return null;
  return {
    before: figuresOf(before, speeds[0] as number),
    after: figuresOf(examined, speeds[1] as number),
    difference: differenceOf(before.outcome, examined.outcome),
    left: exam.left,
  };
}

export interface Outcome {
  readonly losses: readonly DocumentLoss[];
  readonly right: readonly boolean[];
}

async function examine(model: Examined, { fitting, asked }: ChosenExam, control: ExamControl): Promise<Outcome | null> {
  const losses = await lossesOf(model, fitting, control);
  const right = losses && (await answersOf(model, asked, control));
  return right && { losses, right };
}

/** Milliseconds a token of each model; null when stopped. Calls `onDone` `timedRounds` times a model. */
export async function timeInTurn(
  models: readonly Examined[],
  { onDone, shouldStop }: ExamControl = {},
): Promise<readonly number[] | null> {
  const times = models.map((): number[] => []);
  for (let round = 0; round < timedRounds; round++) {
    for (const [index, { runtime }] of models.entries()) {
      if (shouldStop?.()) return null;
      times[index]?.push(await tokenMilliseconds(runtime));
      onDone?.();
    }
  }
  return times.map(medianOf);
}

async function tokenMilliseconds(runtime: Runtime): Promise<number> {
  const begun = performance.now();
  let sum = 0;
  for (let count = 1; ; count++) {
    sum += await timeDecoding(runtime);
    if (performance.now() - begun >= roundMilliseconds) return sum / count;
  }
}

/** Of an odd number of values. */
function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}

/** `milliseconds`: a token. */
export function figuresOf({ model, exam, outcome }: ExaminedModel, milliseconds: number): ModelFigures {
  const { runtime, tokenizer, bytes } = model;
  const { losses, right } = outcome;
  const { asked, documents } = exam;
  const { config } = runtime;
  const tokensPerSecond = 1000 / milliseconds;
  const kinds = [...new Set(asked.map(({ kind }) => kind))];
  const ofKind = (kind: string) => right.filter((_, index) => asked[index]?.kind === kind);
  return {
    vocabularySize: config.vocab_size,
    parameters: parameterCount(config),
    vocabularyParameters: vocabularyParameters(config),
    bytes,
    bitsPerCharacter: byLanguage(losses),
    probes:
      right.length === 0
        ? null
        : {
            all: shareOf(right),
            kinds: Object.fromEntries(kinds.map((kind) => [kind, shareOf(ofKind(kind))])),
          },
    tokensPerSecond,
    charactersPerSecond: tokensPerSecond * charactersPerToken(tokenizer, documents),
  };
}

function charactersPerToken(tokenizer: Tokenizer, documents: readonly HeldOutDocument[]): number {
  const tokens = documents.reduce((sum, document) => sum + documentIds(tokenizer, document).length - 1, 0);
  return documents.reduce((sum, { text }) => sum + characterCount(text), 0) / tokens;
}

export function differenceOf(before: Outcome, after: Outcome): ModelDifference {
  return {
    bitsPerCharacter: byLanguage(pairedLosses(before.losses, after.losses)),
    probes: pairedShares(before.right, after.right),
  };
}

function pairedShares(before: readonly boolean[], after: readonly boolean[]): Interval | null {
  if (before.length === 0) return null;
  const { mean, n, interval } = pairedDifference(after.map(Number), before.map(Number));
  return interval && { value: mean, low: interval[0], high: interval[1], n };
}

function byLanguage(losses: readonly DocumentLoss[]): ByDocumentLanguage<Interval | null> {
  const of = (wanted: DocumentLoss['language']) =>
    bitsPerCharacter(losses.filter(({ language }) => language === wanted));
  return { all: bitsPerCharacter(losses), en: of('en'), zh: of('zh') };
}
