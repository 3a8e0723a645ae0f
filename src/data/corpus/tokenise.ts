/**
 * Documents into the ids that a run reads: begin, text, end, one document after the other. Where the vocabulary does not
 * mark documents, a newline stands behind each instead, unless the text is one document alone.
 *
 * A generator, so that a worker can show progress and stop between two parts of a long document.
 */

import { characterCounts } from '../../tokenizer/characterCounts';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import type { HeldOutText } from '../batches/held-out';
import { IdHash, IdList } from '../batches/ids';
import { type TokenSource, textSource } from '../batches/token-source';
import { characterCount, type Document, type SplitDocuments } from './documents';

export interface TextCounts {
  readonly documents: number;
  readonly tokens: number;
  /** Code points of the documents. */
  readonly characters: number;
  /** Characters that the vocabulary could not write. */
  readonly unknown: number;
}

export interface TokenisedText {
  readonly train: TokenSource;
  readonly heldOut: HeldOutText;
  /** Over all ids of both sides, 16 hexadecimal digits. */
  readonly dataHash: string;
  readonly counts: { readonly train: TextCounts; readonly heldOut: TextCounts };
}

/** UTF-16 units. */
export interface TokeniseProgress {
  readonly done: number;
  readonly total: number;
}

/** `budgetTokens`: training text beyond this many tokens is left out. */
export function* tokenise(
  { train, heldOut }: SplitDocuments,
  tokenizer: Tokenizer,
  budgetTokens = Number.POSITIVE_INFINITY,
): Generator<TokeniseProgress, TokenisedText, void> {
  const length = (documents: readonly Document[]) => documents.reduce((sum, { text }) => sum + text.length, 0);
  const heldOutLength = length(heldOut);
  const total = heldOutLength + length(train);
  const held = yield* encodeAll(heldOut, tokenizer, Number.POSITIVE_INFINITY, { done: 0, total });
  const learned = yield* encodeAll(train, tokenizer, budgetTokens, { done: heldOutLength, total });
  const hash = new IdHash();
  hash.add(learned.ids);
  hash.add(held.ids);
  return {
    train: textSource(learned.ids, tokenizer.special.begin),
    heldOut: { ids: held.ids, starts: held.starts, counts: characterCounts(tokenizer) },
    dataHash: hash.hex,
    counts: { train: learned.counts, heldOut: held.counts },
  };
}

function* encodeAll(
  documents: readonly Document[],
  tokenizer: Tokenizer,
  budget: number,
  { done, total }: TokeniseProgress,
) {
  const ids = new IdList(tokenizer.vocabularySize);
  const starts: number[] = [];
  const { begin, end } = tokenizer.special;
  const joint = end === null && documents.length > 1 ? '\n' : '';
  let characters = 0;
  for (const { text } of documents) {
    if (ids.length >= budget) break;
    starts.push(ids.length);
    if (begin !== null) ids.push(begin);
    for (const part of parts(text + joint)) {
      ids.pushAll(tokenizer.encode(part));
      done += part.length;
      yield { done: Math.min(done, total), total };
    }
    if (end !== null) ids.push(end);
    characters += characterCount(text);
  }
  const all = ids.take();
  const unknown = tokenizer.unknown === null ? 0 : occurrences(all, tokenizer.unknown);
  return { ids: all, starts, counts: { documents: starts.length, tokens: all.length, characters, unknown } };
}

/** A long text in parts of about this many UTF-16 units: few enough to encode in some milliseconds. */
const partLength = 32_768;

/** Parts end behind line ends, where no word of a tokenizer's pattern goes on. */
function* parts(text: string): Generator<string> {
  let start = 0;
  while (text.length - start > partLength) {
    let end = text.indexOf('\n', start + partLength) + 1;
    if (end === 0) break;
    while (text[end] === '\n') end += 1;
    yield text.slice(start, end);
    start = end;
  }
  if (start < text.length) yield text.slice(start);
}

function occurrences(ids: ArrayLike<number>, wanted: number): number {
  let count = 0;
  for (let i = 0; i < ids.length; i += 1) if (ids[i] === wanted) count += 1;
  return count;
}
