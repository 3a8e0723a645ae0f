/**
 * What a person chose in the Tokenizer panel: one text for each field, so that nothing that was typed is lost, right or wrong. The
 * address carries the texts that differ from these defaults. What cannot be used is a sentence; the rest is read all the same.
 */
import type { PieceFilter, PruneMethod, Pruning, TokenizerReport } from '../../worker/tokenizer-protocol';
import { formatInteger } from '../format/numbers';
import { tokenizerText } from '../i18n/tokenizer-text';
import { paperBudget, paperShape, type Shape } from './vocabulary-budget';
import { firstSize } from './vocabulary-sizes';

export const textKinds = ['storyworld', 'texts', 'file'] as const;
export const pruneMethods = ['frequency', 'closed', 'quota', 'closedQuota'] as const satisfies readonly PruneMethod[];
export const sizeKinds = ['keep', 'minimumCount'] as const;
export const languages = ['all', 'en', 'zh'] as const;
export const pieceLists = ['cut', 'dead'] as const;
export const pieceLanguages = ['all', 'zh', 'other'] as const;

export type Language = (typeof languages)[number];

/** Empty: what the vocabulary suggests, or any. */
const firstTexts = {
  /** Id of public/tokenizers, `model.<id>` for that of a shipped model, `file <name>` for one of the person's. */
  vocabulary: 'internlm2',
  text: 'storyworld',
  zhShare: '0.5',
  characters: '2000000',
  /** Ids of public/corpora, separated by commas. */
  texts: 'wordnet',
  method: 'frequency',
  size: 'keep',
  keep: '',
  minimumCount: '2',
  quotaShare: '0.5',
  /** Of the coverage chart. */
  language: 'all',
  width: String(paperShape.width),
  ffn: String(paperShape.ffn),
  layers: String(paperShape.layers),
  /** Empty: as the width. */
  kvWidth: '',
  tied: 'off',
  budget: String(paperBudget),
  /** Text that is shown before and after. */
  view: tokenizerText.view.sample,
  list: 'cut',
  query: '',
  pieceLanguage: 'all',
  length: '',
  /** From 1. */
  page: '1',
};

export type TokenizerTexts = { readonly [K in keyof typeof firstTexts]: string };
export type TokenizerKey = keyof TokenizerTexts;

export interface TokenizerProblem {
  readonly key: TokenizerKey;
  readonly sentence: string;
}

export interface TokenizerReading {
  readonly texts: TokenizerTexts;
  /** Null while it cannot be read, or no vocabulary is open. */
  readonly pruning: Pruning | null;
  /** What the slider stands at: the size as typed, brought into range. */
  readonly keep: number;
  readonly storyworld: { readonly zhShare: number; readonly characters: number } | null;
  readonly shape: Shape | null;
  /** Parameters. */
  readonly budget: number | null;
  readonly filter: PieceFilter;
  readonly problems: readonly TokenizerProblem[];
}

/** Rows of a page of the list of pieces. */
export const listRows = 50;

const characterRange = [1000, 20_000_000] as const;

/** The texts of the form. Keys of `changes` that are none of the form's are left alone. */
export function tokenizerTexts(changes: Readonly<Record<string, string>>): TokenizerTexts {
  const known = Object.entries(changes).filter(([key]) => Object.hasOwn(firstTexts, key));
  return { ...firstTexts, ...Object.fromEntries(known) };
}

/** What the address carries once these fields were changed: what is a default leaves it. */
export function changedTexts(
  changes: Readonly<Record<string, string>>,
  values: Partial<TokenizerTexts>,
): Readonly<Record<string, string>> {
  const own: Readonly<Record<string, string>> = firstTexts;
  return Object.fromEntries(Object.entries({ ...changes, ...values }).filter(([key, value]) => value !== own[key]));
}

/** The size of the vocabulary decides what a kept size may be; before one is open there is no pruning. */
export function readTokenizerForm(
  changes: Readonly<Record<string, string>>,
  vocabulary: Pick<TokenizerReport, 'size' | 'alwaysKept'> | null,
): TokenizerReading {
  const texts = tokenizerTexts(changes);
  const problems: TokenizerProblem[] = [];
  const number = (key: TokenizerKey, least: number, most: number) => {
    const value = numberOf(texts[key]);
    const right = Number.isInteger(value) && value >= least && value <= most;
    if (!right) problems.push({ key, sentence: tokenizerText.form.whole(least, most) });
    return right ? value : null;
  };
  const share = (key: TokenizerKey) => {
    const value = numberOf(texts[key]);
    const right = value >= 0 && value <= 1;
    if (!right) problems.push({ key, sentence: tokenizerText.form.share });
    return right ? value : null;
  };
  const zhShare = share('zhShare');
  const characters = number('characters', ...characterRange);
  const length = texts.length.trim() === '' ? null : number('length', 1, 1000);
  const page = numberOf(texts.page);
  const keep = readKeep(texts.keep, vocabulary);
  if (keep.problem !== null && texts.size !== 'minimumCount') problems.push({ key: 'keep', sentence: keep.problem });
  return {
    texts,
    pruning: readPruning(texts, vocabulary ? keep : null, share('quotaShare'), number('minimumCount', 1, 1e9)),
    keep: keep.shown,
    storyworld: zhShare === null || characters === null ? null : { zhShare, characters },
    shape: readShape(texts, number),
    budget: number('budget', 1, 1e12),
    filter: {
      list: choice(pieceLists, texts.list),
      query: texts.query,
      language: choice(pieceLanguages, texts.pieceLanguage),
      length,
      offset: Number.isInteger(page) && page >= 1 ? listRows * (page - 1) : 0,
      rows: listRows,
    },
    problems,
  };
}

interface Keep {
  /** Null while it cannot be kept. */
  readonly pieces: number | null;
  readonly shown: number;
  readonly problem: string | null;
}

function readKeep(text: string, vocabulary: Pick<TokenizerReport, 'size' | 'alwaysKept'> | null): Keep {
  if (!vocabulary) return { pieces: null, shown: numberOf(text) || 0, problem: null };
  const { alwaysKept, size } = vocabulary;
  const words = tokenizerText.form;
  const pieces = text.trim() === '' ? firstSize(alwaysKept, size) : numberOf(text);
  const problem = !Number.isInteger(pieces)
    ? words.whole(alwaysKept, size)
    : pieces < alwaysKept
      ? words.least(alwaysKept)
      : pieces > size
        ? words.most(size)
        : null;
  const shown = Number.isFinite(pieces) ? Math.min(size, Math.max(alwaysKept, Math.round(pieces))) : alwaysKept;
  return { pieces: problem === null ? pieces : null, shown, problem };
}

function readPruning(
  { method, size }: TokenizerTexts,
  keep: Keep | null,
  zhShare: number | null,
  minimumCount: number | null,
): Pruning | null {
  if (!keep || zhShare === null) return null;
  const shared = { method: choice(pruneMethods, method), zhShare };
  if (choice(sizeKinds, size) === 'minimumCount') {
    return minimumCount === null ? null : { ...shared, size: { kind: 'minimumCount', count: minimumCount } };
  }
  return keep.pieces === null ? null : { ...shared, size: { kind: 'keep', pieces: keep.pieces } };
}

function readShape(
  texts: TokenizerTexts,
  number: (key: TokenizerKey, least: number, most: number) => number | null,
): Shape | null {
  const width = number('width', 1, 100_000);
  const ffn = number('ffn', 1, 1_000_000);
  const layers = number('layers', 1, 1000);
  const kvWidth = texts.kvWidth.trim() === '' ? width : number('kvWidth', 1, 100_000);
  if (width === null || ffn === null || layers === null || kvWidth === null) return null;
  return { width, ffn, layers, kvWidth, tied: texts.tied === 'on' };
}

/** 48000, 48,000 or 48 000; not a number where it is none. */
function numberOf(text: string): number {
  const digits = text.replaceAll(/[,\s]/g, '');
  return digits === '' ? Number.NaN : Number(digits);
}

/** The first where the text is none of them. */
export function choice<const T extends string>(choices: readonly [T, ...T[]], text: string): T {
  return choices.find((known) => known === text) ?? choices[0];
}

/** As a number field shows it. */
export function sizeText(pieces: number): string {
  return formatInteger(pieces);
}
