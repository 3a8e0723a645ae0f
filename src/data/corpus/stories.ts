/**
 * StoryWorld as text to learn from: training documents never end, document i of a seed is segment i of the source. The
 * held-out documents are the same for every run of a mixture, whatever its seed, and those the shipped models were measured
 * on (at an even mixture); their stream shares no key with training.
 */

import { characterCounts } from '../../tokenizer/characterCounts';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import type { HeldOutText, HeldOutUnit } from '../batches/held-out';
import { IdHash, IdList, type Ids } from '../batches/ids';
import type { TokenSource } from '../batches/token-source';
import { storyDocument } from '../storyworld';
import { characterCount } from './documents';
import { type Floor, type FloorDocument, floorOf } from './floor';

const heldOutSeed = 1;

/** Training documents hashed to tell two data sets apart. */
const hashedDocuments = 64;

/** Training documents of a seed. Throws a sentence when the vocabulary does not mark documents. */
export function storySource(tokenizer: Tokenizer, seed: number, zhShare: number): TokenSource {
  const encode = documentEncoder(tokenizer);
  // A batch ends inside a document with which the next one goes on.
  let last: { readonly index: number; readonly ids: Ids } | null = null;
  return {
    segment: (index) => {
      if (last?.index !== index) last = { index, ids: encode(storyDocument(seed, index, { zh: zhShare }).text) };
      return last.ids;
    },
    tokens: null,
    begin: tokenizer.special.begin,
  };
}

export interface HeldOutStories {
  readonly text: HeldOutText;
  readonly documents: number;
  readonly characters: number;
  readonly unknown: number;
  /** Of exactly these documents, so that a loss measured on them is compared with their own floor. */
  readonly floor: Floor;
}

/** Held-out documents, whole, with together at most `limit` predicted tokens, or characters (at least one document). */
export function* heldOutStories(
  tokenizer: Tokenizer,
  zhShare: number,
  limit: number,
  unit: HeldOutUnit = 'tokens',
): Generator<{ readonly done: number; readonly total: number }, HeldOutStories, void> {
  const encode = documentEncoder(tokenizer);
  const ids = new IdList(tokenizer.vocabularySize);
  const starts: number[] = [];
  const rows: FloorDocument[] = [];
  let unknown = 0;
  let covered = 0;
  for (let index = 0; ; index += 1) {
    const { text, logProbability } = storyDocument(heldOutSeed, index, { zh: zhShare }, 'held-out');
    const document = encode(text);
    // Predicted: all but the begin token of each document.
    const row = { nats: -logProbability, tokens: document.length - 1, characters: characterCount(text) };
    if (index > 0 && covered + row[unit] > limit) break;
    covered += row[unit];
    starts.push(ids.length);
    ids.pushAll(document);
    for (const id of document) if (id === tokenizer.unknown) unknown += 1;
    rows.push(row);
    yield { done: covered, total: limit };
  }
  return {
    text: { ids: ids.take(), starts, counts: characterCounts(tokenizer) },
    documents: rows.length,
    characters: rows.reduce((sum, row) => sum + row.characters, 0),
    unknown,
    floor: floorOf(rows),
  };
}

/** Names the data of a seed and mixture under a vocabulary: over its first documents and the held-out ones. */
export function storyHash(source: TokenSource, heldOut: HeldOutText): string {
  const hash = new IdHash();
  for (let index = 0; index < hashedDocuments; index += 1) hash.add(source.segment(index));
  hash.add(heldOut.ids);
  return hash.hex;
}

function documentEncoder(tokenizer: Tokenizer): (text: string) => Ids {
  const { begin, end } = tokenizer.special;
  if (begin === null || end === null) {
    throw new Error(
      'StoryWorld needs a vocabulary that marks where documents begin and end: choose another, or another text.',
    );
  }
  return (text) => {
    const ids = new IdList(tokenizer.vocabularySize, text.length + 2);
    ids.push(begin);
    ids.pushAll(tokenizer.encode(text));
    ids.push(end);
    return ids.take();
  };
}
