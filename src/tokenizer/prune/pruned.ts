/**
 * A vocabulary without some of its pieces: what is left keeps its order and gets new ids without gaps, and a merge stays where
 * both halves and what they make do. Nothing is trained again, so text of a piece that is gone falls apart into smaller ones,
 * in the end into bytes.
 */
import type { TokenizerTables } from '../readTokenizerJson';
import { Tokenizer } from '../tokenizer';

export interface PrunedVocabulary {
  readonly tokenizer: Tokenizer;
  /** Old id of each new one, ascending. */
  readonly kept: Int32Array;
}

/** The pieces that always stay and the first of `order`, `pieces` in all; fewer than always stay is as many as always stay. */
export function keptIds(tables: TokenizerTables, order: Int32Array, pieces: number): Int32Array {
  // What always stays stands in no order.
  const always = tables.pieces.length - order.length;
  const cut = new Uint8Array(tables.pieces.length);
  for (const id of order.subarray(Math.max(0, pieces - always))) cut[id] = 1;
  return Int32Array.from([...cut.keys()].filter((id) => cut[id] === 0));
}

/** `kept`: old ids, ascending. */
export function pruneVocabulary(tables: TokenizerTables, kept: Int32Array): PrunedVocabulary {
  const newIds = new Int32Array(tables.pieces.length).fill(-1);
  kept.forEach((id, index) => {
    newIds[id] = index;
  });
  const renamed = (id: number) => newIds[id] as number;
  const renamedOrNull = (id: number | null) => (id === null ? null : renamed(id));
  const { special, merges, ranks } = tables;
  const left: number[] = [];
  for (let i = 0; i < merges.length; i += 3) {
    if (renamed(merges[i] as number) < 0 || renamed(merges[i + 1] as number) < 0) continue;
    if (renamed(merges[i + 2] as number) >= 0) left.push(i);
  }
  const pruned: TokenizerTables = {
    ...tables,
    pieces: Array.from(kept, (id) => tables.pieces[id] as string),
    byteIds: tables.byteIds.map(renamed),
    special: {
      begin: renamedOrNull(special.begin),
      end: renamedOrNull(special.end),
      pad: renamedOrNull(special.pad),
    },
    unknown: renamedOrNull(tables.unknown),
    specialTokens: tables.specialTokens.map(({ id, content }) => ({ id: renamed(id), content })),
    merges: Int32Array.from(
      left.flatMap((i) => [i, i + 1, i + 2]),
      (i) => renamed(merges[i] as number),
    ),
    ranks: ranks && Int32Array.from(left, (i) => ranks[i / 3] as number),
  };
  return { tokenizer: new Tokenizer(pruned), kept };
}
