/**
 * The order in which pieces are kept: a pruning keeps the pieces that always stay and the first so many of an order. So one
 * order gives every size, and a larger vocabulary always holds the smaller ones.
 *
 * Source of `frequency`: PanGu-π Pro (arXiv 2402.02791) and its code, which keeps every piece of the form <…> or […] with more
 * than two characters, then the most frequent. The others are ours.
 */
import { isChinese } from '../language';
import type { TokenizerTables } from '../readTokenizerJson';
import type { Tokenizer } from '../tokenizer';
import { Formation, namesOf } from './formation';
import type { PruneMethod } from './report';

/** 1 for each id that every pruning keeps: names, pieces of the form <…> and […], and what spells every text. */
export function alwaysKept(tables: TokenizerTables): Uint8Array {
  const { pieces, alphabet, byteIds, spaceMark } = tables;
  const kept = new Uint8Array(pieces.length);
  for (const id of namesOf(tables)) kept[id] = 1;
  // Without bytes to fall back on, only its characters can spell a text.
  const spelledByPieces = alphabet === 'bytes' || byteIds.length === 0;
  for (const [id, piece] of pieces.entries()) {
    // Other readers of the file would spell the mark in bytes, and never read a space again.
    if (spaceMark !== null && piece === ' ') kept[id] = 1;
    if (/^<.+>$|^\[.+\]$/su.test(piece) || (spelledByPieces && [...piece].length === 1)) kept[id] = 1;
  }
  return kept;
}

/** How every piece of a vocabulary comes about. */
export interface Formations {
  /** The two pieces whose merge ends it, two numbers a piece, -1 where there are none. */
  readonly halves: Int32Array;
  /** 1 for a piece that no text forms. */
  readonly dead: Uint8Array;
}

export function formationsOf(tokenizer: Tokenizer): Formations {
  const formation = new Formation(tokenizer);
  const halves = new Int32Array(2 * tokenizer.vocabularySize);
  const dead = new Uint8Array(tokenizer.vocabularySize);
  for (let id = 0; id < tokenizer.vocabularySize; id += 1) {
    halves.set(formation.halves(id) ?? [-1, -1], 2 * id);
    dead[id] = formation.isFormed(id) ? 0 : 1;
  }
  return { halves, dead };
}

export interface Ordering {
  readonly method: PruneMethod;
  /** Of each id in the text. */
  readonly counts: ArrayLike<number>;
  /** Only quotas use it. */
  readonly zhShare: number;
}

/** Ids that are not always kept, the first to be kept first. Equal counts: the lower id first. */
export function orderOf(
  tables: TokenizerTables,
  formations: Formations,
  { method, counts, zhShare }: Ordering,
): Int32Array {
  const always = alwaysKept(tables);
  const ids = tables.pieces.flatMap((_, id) => (always[id] ? [] : [id]));
  ids.sort((a, b) => (counts[b] as number) - (counts[a] as number) || a - b);
  const quota = method === 'quota' || method === 'closedQuota';
  const order = quota ? inTurn(tables, ids, zhShare) : ids;
  return Int32Array.from(method === 'closed' || method === 'closedQuota' ? closed(order, always, formations) : order);
}

/** Chinese pieces and others in turn, so that of the first n places a share of `zhShare` is Chinese while both last. */
function inTurn({ pieces }: TokenizerTables, ids: readonly number[], zhShare: number): number[] {
  const chinese = ids.filter((id) => isChinese(pieces[id] as string));
  const others = ids.filter((id) => !isChinese(pieces[id] as string));
  const order: number[] = [];
  let taken = 0;
  for (let place = 1; place <= ids.length; place += 1) {
    const takenOthers = place - 1 - taken;
    const wanted = taken < Math.round(place * zhShare) ? taken < chinese.length : takenOthers >= others.length;
    order.push((wanted ? chinese[taken] : others[takenOthers]) as number);
    if (wanted) taken += 1;
  }
  return order;
}

/**
 * Each piece right behind the pieces it is merged from that do not stand yet, first those of the pieces that always stay; what is
 * never formed comes last.
 */
function closed(order: readonly number[], always: Uint8Array, { halves, dead }: Formations): number[] {
  const placed = Uint8Array.from(always);
  const result: number[] = [];
  const place = (id: number) => {
    if (id === -1 || placed[id]) return;
    placed[id] = 1;
    place(halves[2 * id] as number);
    place(halves[2 * id + 1] as number);
    result.push(id);
  };
  for (const [id, kept] of always.entries()) {
    if (!kept) continue;
    place(halves[2 * id] as number);
    place(halves[2 * id + 1] as number);
  }
  for (const id of order) if (!dead[id]) place(id);
  return [...result, ...order.filter((id) => dead[id])];
}
