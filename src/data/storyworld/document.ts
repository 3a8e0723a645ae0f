/**
 * Documents for training: a story, a story with one or two questions and answers, or one or two sentences in one
 * language and then in the other. `tellDocument` is the whole probabilistic program; drawing and parsing run it alike.
 */

import type { Memo } from './cast';
import { type Chooser, RandomChooser, type Sink, TextSink } from './chooser';
import { open } from './events';
import { PLOTS, type PlotName } from './plots';
import { CounterRandom, type Stream } from './random';
import { tellScene } from './scene';
import { type Fact, World } from './state';
import type { Language } from './tell/saying';

export type DocumentKind = 'story' | 'questions' | 'translation';

/** zh: the share of documents whose first (or only) language is Chinese, 0 to 1, kept to a thousandth. */
export interface Mixture {
  readonly zh: number;
}

export interface StoryDocument {
  readonly text: string;
  readonly kind: DocumentKind;
  readonly language: Language;
  /** nats, exact, of the text with its kind and language */
  readonly logProbability: number;
}

export const EVEN_MIXTURE: Mixture = { zh: 0.5 };

/** Translation against the rest, then one more question against the end of the document: 45 % story, 40 % questions. */
const TRANSLATION_WEIGHTS = [85, 15];
const QUESTION_WEIGHTS = [45, 40];
const SECOND_QUESTION_WEIGHTS = [1, 2];

export const QUESTION_MARK: Readonly<Record<Language, readonly [ask: string, answer: string]>> = {
  en: ['\nQuestion: ', ' Answer: '],
  zh: ['\n问：', '答：'],
};
/** Stands between the two languages of a translation; the key is the language that follows. */
export const TRANSLATION_MARK: Readonly<Record<Language, string>> = { zh: '\nIn Chinese: ', en: '\n英文：' };

export const PLOT_NAMES = Object.keys(PLOTS) as PlotName[];

export function tellStory(
  chooser: Chooser,
  sink: Sink,
  language: Language,
  memo?: Memo,
): { world: World; plot: PlotName } {
  const world = new World(chooser, sink, language, memo);
  open(world);
  const plot = PLOT_NAMES[world.turn(PLOT_NAMES.length)] ?? 'lost';
  PLOTS[plot](world);
  return { world, plot };
}

export function tellQuestion(world: World, fact: Fact): void {
  const [ask, answer] = QUESTION_MARK[world.language];
  world.sink.write(ask);
  world.realiser.fill(fact.question.ask[world.language], fact.roles);
  world.sink.write(answer);
  world.realiser.fill(fact.question.reply[world.language], fact.roles);
}

export function tellDocument(
  chooser: Chooser,
  sink: Sink,
  mixture: Mixture,
): { kind: DocumentKind; language: Language } {
  const share = Math.round(mixture.zh * 1000);
  if (!(share >= 0 && share <= 1000)) throw new Error(`mixture.zh is ${mixture.zh}; give a share between 0 and 1.`);
  const language: Language = chooser.choose(2, [1000 - share, share]) === 0 ? 'en' : 'zh';
  if (chooser.choose(2, TRANSLATION_WEIGHTS) === 1) {
    const other: Language = language === 'en' ? 'zh' : 'en';
    const memo: Memo = new Map();
    tellScene(new World(chooser, sink, language, memo));
    sink.write(TRANSLATION_MARK[other]);
    tellScene(new World(chooser, sink, other, memo));
    return { kind: 'translation', language };
  }
  const { world } = tellStory(chooser, sink, language);
  if (chooser.choose(2, QUESTION_WEIGHTS) === 0) return { kind: 'story', language };
  const facts = world.askable();
  const first = chooser.choose(facts.length);
  tellQuestion(world, fact(facts, first));
  if (facts.length > 1 && chooser.choose(2, SECOND_QUESTION_WEIGHTS) === 1) {
    facts.splice(first, 1);
    tellQuestion(world, fact(facts, chooser.choose(facts.length)));
  }
  return { kind: 'questions', language };
}

function fact(facts: readonly Fact[], index: number): Fact {
  const found = facts[index];
  if (found === undefined)
    throw new Error(`Question ${index} of ${facts.length} does not exist; every story must tell something to ask.`);
  return found;
}

/** Document number `index` of a seed. Streams never share a key, so held-out documents are not training documents. */
export function storyDocument(
  seed: number,
  index: number,
  mixture: Mixture = EVEN_MIXTURE,
  stream: Stream = 'train',
): StoryDocument {
  const chooser = new RandomChooser(new CounterRandom(stream, seed, index));
  const sink = new TextSink();
  const { kind, language } = tellDocument(chooser, sink, mixture);
  return { text: sink.text, kind, language, logProbability: chooser.logProbability };
}

/** The same story told twice: the choices of the world are shared, those of the wording are made for each language. */
export function storyPair(seed: number, index: number, stream: Stream = 'train'): { en: string; zh: string } {
  const memo: Memo = new Map();
  const told = (['en', 'zh'] as const).map((language, purpose) => {
    const sink = new TextSink();
    tellStory(new RandomChooser(new CounterRandom(stream, seed, index, 1 + purpose)), sink, language, memo);
    return sink.text;
  });
  return { en: told[0] ?? '', zh: told[1] ?? '' };
}
