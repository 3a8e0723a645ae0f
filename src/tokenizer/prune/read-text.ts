/** A text as two vocabularies write it, the whole one and the pruned one, cut where both end a token. */
import type { Tokenizer } from '../tokenizer';
import type { PrunedVocabulary } from './pruned';
import { byteLengthsOf } from './study';

export interface TokenView {
  readonly id: number;
  /** As a person reads it; a byte by its name, "<0xE4>". */
  readonly text: string;
  /** Occurrences in the counted text, 0 where none is counted. */
  readonly count: number;
  /** Place by frequency from 1; null where it never occurs or nothing is counted. */
  readonly rank: number | null;
}

/** A stretch of text that both vocabularies end at the same place; as short as can be. */
export interface TextSegment {
  readonly text: string;
  readonly before: readonly TokenView[];
  readonly after: readonly TokenView[];
  /** The tokens differ. */
  readonly broken: boolean;
}

export interface TextReading {
  readonly segments: readonly TextSegment[];
  readonly characters: number;
  readonly tokensBefore: number;
  readonly tokensAfter: number;
}

/** What is known of each id of the whole vocabulary. */
export interface Occurrences {
  readonly counts: ArrayLike<number>;
  /** Places by frequency from 1; 0 for a piece that does not occur. */
  readonly ranks: ArrayLike<number>;
}

interface Written {
  /** Ids of the whole vocabulary. */
  readonly id: number;
  readonly bytes: number;
}

/** `pruned`: null where nothing is pruned. Lone surrogates are read as U+FFFD, as a file would have them. */
export function readText(
  text: string,
  tokenizer: Tokenizer,
  pruned: PrunedVocabulary | null,
  occurrences: Occurrences | null,
): TextReading {
  const { spaceMark } = tokenizer.tables;
  const plain = (spaceMark === null ? text : text.replaceAll(spaceMark, ' ')).toWellFormed();
  const lengths = byteLengthsOf(tokenizer);
  const before: Written[] = [];
  const after: Written[] = [];
  tokenizer.forEachWord(plain, (word) => {
    for (const id of tokenizer.encodeWord(word)) before.push({ id, bytes: lengths[id] as number });
    for (const id of pruned?.tokenizer.encodeWhole(word) ?? tokenizer.encodeWord(word)) {
      const old = pruned ? (pruned.kept[id] as number) : id;
      after.push({ id: old, bytes: lengths[old] as number });
    }
  });
  const view = ({ id }: Written): TokenView => ({
    id,
    text: tokenizer.piece(id).text,
    count: occurrences?.counts[id] ?? 0,
    rank: occurrences?.ranks[id] || null,
  });
  const segments = [...cut(new TextEncoder().encode(plain), before, after)].map((segment) => ({
    text: segment.text,
    before: segment.before.map(view),
    after: segment.after.map(view),
    broken: segment.before.map(({ id }) => id).join() !== segment.after.map(({ id }) => id).join(),
  }));
  return { segments, characters: [...plain].length, tokensBefore: before.length, tokensAfter: after.length };
}

/** Cuts where both lists and a character end. */
function* cut(bytes: Uint8Array, before: readonly Written[], after: readonly Written[]) {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const insideCharacter = (at: number) => ((bytes[at] ?? 0) & 0xc0) === 0x80;
  let [i, j, from, endBefore, endAfter] = [0, 0, 0, 0, 0];
  let [first, second] = [0, 0];
  while (i < before.length || j < after.length) {
    const step = endBefore <= endAfter && i < before.length;
    if (step) endBefore += (before[i++] as Written).bytes;
    else endAfter += (after[j++] as Written).bytes;
    if (endBefore !== endAfter || insideCharacter(endBefore)) continue;
    yield {
      text: decoder.decode(bytes.subarray(from, endBefore)),
      before: before.slice(first, i),
      after: after.slice(second, j),
    };
    [first, second, from] = [i, j, endBefore];
  }
}
