/**
 * Held-out text in fixed windows, every token predicted once, with the characters that the predicted tokens spell: so that
 * bits a character = Σ nats / ln 2 / Σ characters, exact for every vocabulary.
 *
 * A document is cut into pieces of T predictions; a piece begins with the token its neighbour ended with. Pieces are laid
 * into rows of T positions, the longest first, each where it fits; a document of up to T + 1 tokens is thus always seen
 * whole. What is left of a row is not counted.
 *
 * What counts: every token but the first of a document (begin is given; without marks the first token has nothing to be
 * predicted from), the end token too, which spells no character. The limit keeps whole documents; only the first is cut,
 * where it alone is longer. Of a character in several tokens all count or none, so a cut or a prefix
 * that falls inside it leaves it out.
 */

import { notCounted } from '../../gpu/kernels/cross-entropy/shape';
import type { CharacterCounts } from '../../tokenizer/characterCounts';
import type { Ids } from './ids';

export interface HeldOutText {
  readonly ids: Ids;
  /** Where each document begins in `ids`, ascending, the first 0. */
  readonly starts: readonly number[];
  readonly counts: CharacterCounts;
}

/** What a limit counts: predicted tokens, or the characters they spell, which cover the same text in every vocabulary. */
export type HeldOutUnit = 'tokens' | 'characters';

export interface WindowOptions {
  /** T */
  readonly context: number;
  /** Predicted tokens at most, or characters. */
  readonly limit: number;
  /** Tokens, unless it is said. */
  readonly unit?: HeldOutUnit;
  /** P of a prefix mask: nothing before token P of a row counts. */
  readonly prefixLength?: number;
}

export interface HeldOutBatch {
  /** u32[B·T] */
  readonly ids: Uint32Array<ArrayBuffer>;
  /** u32[B·T], `notCounted` where nothing is predicted. */
  readonly targets: Uint32Array<ArrayBuffer>;
  readonly counted: number;
  /** Code points that the counted targets spell. */
  readonly characters: number;
}

/** Ids of the piece are [start, start + length), its targets one further on. */
interface Piece {
  readonly start: number;
  readonly length: number;
}

export class HeldOutWindows {
  /** Tokens that count, and the characters they spell. */
  readonly tokens: number;
  readonly characters: number;
  /** Documents that are covered, one that is cut included. */
  readonly documents: number;
  readonly #context: number;
  readonly #rows: readonly (readonly Piece[])[];
  /** 1 for each token of the text that counts as a target. */
  readonly #counts: Uint8Array;

  /** Throws a sentence when there is nothing to predict. */
  constructor(
    private readonly text: HeldOutText,
    { context, limit, unit = 'tokens', prefixLength = 0 }: WindowOptions,
  ) {
    this.#context = context;
    const spans = coveredSpans(text, limit, unit);
    this.documents = spans.length;
    this.#rows = layRows(
      spans.flatMap((span) => [...pieces(span, context)]),
      context,
    );
    this.#counts = countedTargets(text, this.#rows, prefixLength);
    let tokens = 0;
    let characters = 0;
    this.#counts.forEach((counts, i) => {
      if (counts === 0) return;
      tokens += 1;
      characters += text.counts.characters[text.ids[i] as number] as number;
    });
    this.tokens = tokens;
    this.characters = characters;
    if (tokens === 0 || characters === 0) {
      throw new Error(
        `The held-out text has ${text.ids.length} tokens, of which none can be predicted after a context of ${context}: give more text.`,
      );
    }
  }

  /** Rows of T positions. */
  get rows(): number {
    return this.#rows.length;
  }

  batches(batch: number): number {
    return Math.ceil(this.#rows.length / batch);
  }

  /** Batch `index` of B rows; rows behind the last count nothing. */
  batch(index: number, batch: number): HeldOutBatch {
    const context = this.#context;
    const { ids: text, counts } = this.text;
    const ids = new Uint32Array(batch * context);
    const targets = new Uint32Array(batch * context).fill(notCounted);
    let counted = 0;
    let characters = 0;
    for (let b = 0; b < batch; b += 1) {
      let position = b * context;
      for (const { start, length } of this.#rows[index * batch + b] ?? []) {
        for (let i = start; i < start + length; i += 1, position += 1) {
          ids[position] = text[i] as number;
          if (this.#counts[i + 1] === 0) continue;
          const target = text[i + 1] as number;
          targets[position] = target;
          counted += 1;
          characters += counts.characters[target] as number;
        }
      }
    }
    return { ids, targets, counted, characters };
  }
}

/** [start, end) of the documents that the limit allows. */
function coveredSpans({ ids, starts, counts }: HeldOutText, limit: number, unit: HeldOutUnit): [number, number][] {
  const sizeOf = (i: number) => (unit === 'tokens' ? 1 : (counts.characters[ids[i] as number] as number));
  const spans: [number, number][] = [];
  let covered = 0;
  for (let i = 0; i < starts.length; i += 1) {
    const start = starts[i] as number;
    const end = starts[i + 1] ?? ids.length;
    // The first token is given.
    let at = start + 1;
    while (at < end && covered + sizeOf(at) <= limit) {
      covered += sizeOf(at);
      at += 1;
    }
    if (at < end && i > 0) break;
    spans.push([start, at]);
    if (at < end) break;
  }
  return spans;
}

function* pieces([start, end]: readonly [number, number], context: number): Generator<Piece> {
  for (let at = start; at < end - 1; at += context) yield { start: at, length: Math.min(context, end - 1 - at) };
}

/** Marks what the rows predict behind their prefix; of a character in several tokens all count or none. */
function countedTargets(
  { ids, counts }: HeldOutText,
  rows: readonly (readonly Piece[])[],
  prefixLength: number,
): Uint8Array {
  const counted = new Uint8Array(ids.length);
  for (const row of rows) {
    let column = 0;
    for (const { start, length } of row) {
      for (let i = start; i < start + length; i += 1, column += 1) if (column + 1 >= prefixLength) counted[i + 1] = 1;
    }
  }
  for (let first = 0; first < ids.length; ) {
    let next = first + 1;
    while (next < ids.length && counts.continues[ids[next] as number] === 1) next += 1;
    if (next > first + 1 && counted.subarray(first, next).includes(0)) counted.fill(0, first, next);
    first = next;
  }
  return counted;
}

/** First fit, longest first; equal lengths in the order of the text. */
function layRows(all: readonly Piece[], context: number): Piece[][] {
  const rows: Piece[][] = [];
  const open: { room: number; readonly row: Piece[] }[] = [];
  for (const piece of [...all].sort((a, b) => b.length - a.length || a.start - b.start)) {
    const at = open.findIndex(({ room }) => room >= piece.length);
    const found = open[at];
    if (found) {
      found.row.push(piece);
      found.room -= piece.length;
      if (found.room === 0) open.splice(at, 1);
    } else {
      const row = [piece];
      rows.push(row);
      if (piece.length < context) open.push({ room: context - piece.length, row });
    }
  }
  return rows;
}
