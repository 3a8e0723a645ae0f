/**
 * A large vocabulary as a file that a page can load: its pieces and the order in which they are formed, from which the merges
 * follow (`splitsOf`). A tenth of its tokenizer.json.
 *
 *     gzip( header JSON, "\n", length of each piece in bytes (LEB128), bytes of all pieces,
 *           order: differences of neighbouring ids (LEB128, zigzag) )
 *
 * Pieces of an alphabet of characters are in UTF-8, with spaces as spaces.
 */
import type { SpecialIds, TokenizerTables } from './readTokenizerJson';
import { splitsOf } from './splits';
import { bytePiece } from './tokenizerJson';

interface Header {
  readonly version: 1;
  readonly pieces: number;
  readonly alphabet: TokenizerTables['alphabet'];
  readonly spaceMark: string | null;
  /** Null: words are cut where no piece crosses. */
  readonly pattern: string | null;
  readonly special: SpecialIds;
  /** Ids that have a name instead of text. */
  readonly specialTokens: readonly number[];
  /** Ids in the order in which they are formed; null: that of the ids. */
  readonly ordered: boolean;
}

export interface Vocabulary extends Omit<Header, 'version' | 'ordered' | 'pieces'> {
  readonly pieces: readonly string[];
  readonly order: readonly number[] | null;
}

/** Not yet compressed. */
export function writeVocabulary({ pieces, order, ...rest }: Vocabulary): Uint8Array {
  const header: Header = { version: 1, pieces: pieces.length, ...rest, ordered: order !== null };
  const encoder = new TextEncoder();
  const bytes = pieces.map((piece) =>
    rest.alphabet === 'bytes' ? Uint8Array.from(piece, (character) => character.charCodeAt(0)) : encoder.encode(piece),
  );
  const out = [...encoder.encode(`${JSON.stringify(header)}\n`)];
  for (const { length } of bytes) pushNumber(out, length);
  for (const piece of bytes) out.push(...piece);
  let before = 0;
  for (const id of order ?? []) {
    const step = id - before;
    pushNumber(out, step < 0 ? -2 * step - 1 : 2 * step);
    before = id;
  }
  return Uint8Array.from(out);
}

/** `bytes`: not compressed any more. Throws a sentence that names `source` when they are no vocabulary. */
export function readVocabulary(bytes: Uint8Array, source: string): TokenizerTables {
  const end = bytes.indexOf(10);
  const text = new TextDecoder('utf-8', { ignoreBOM: true });
  const header = readHeader(text.decode(bytes.subarray(0, Math.max(0, end))), source);
  const reader = new NumberReader(bytes, end + 1, source);
  const lengths = Array.from({ length: header.pieces }, () => reader.next());
  const pieces = lengths.map((length) => {
    const piece = reader.take(length);
    return header.alphabet === 'bytes' ? String.fromCharCode(...piece) : text.decode(piece);
  });
  const order: number[] = [];
  let id = 0;
  while (header.ordered && !reader.ended) {
    const step = reader.next();
    id += step % 2 === 0 ? step / 2 : -(step + 1) / 2;
    order.push(id);
  }
  return tablesOf(header, pieces, header.ordered ? order : pieces.keys());
}

function tablesOf(header: Header, pieces: readonly string[], order: Iterable<number>): TokenizerTables {
  const { alphabet, spaceMark, pattern, special } = header;
  const byteIds = alphabet === 'bytes' ? [] : Array.from({ length: 256 }, (_, byte) => pieces.indexOf(bytePiece(byte)));
  const reserved = new Set([...byteIds, ...header.specialTokens]);
  const merges = splitsOf(pieces, { order, reserved });
  return {
    pieces,
    byteIds,
    special,
    unknown: null,
    specialTokens: header.specialTokens
      .map((id) => ({ id, content: pieces[id] as string }))
      .sort((a, b) => b.content.length - a.content.length),
    merges,
    // tiktoken joins the leftmost of equal pairs, whatever their halves.
    ranks: alphabet === 'bytes' ? merges.filter((_, i) => i % 3 === 2) : null,
    words: pattern === null ? { kind: 'pairs' } : { kind: 'pattern', pattern: new RegExp(pattern, 'gu') },
    alphabet,
    spaceMark,
  };
}

function readHeader(line: string, source: string): Header {
  let header: Header | null = null;
  try {
    header = JSON.parse(line);
  } catch {
    // Said below.
  }
  if (header?.version !== 1) throw new Error(`${source} is no vocabulary of version 1: make the page's files again.`);
  return header;
}

function pushNumber(out: number[], value: number): void {
  let left = value;
  for (; left >= 128; left = Math.floor(left / 128)) out.push((left % 128) + 128);
  out.push(left);
}

class NumberReader {
  constructor(
    private readonly bytes: Uint8Array,
    private at: number,
    private readonly source: string,
  ) {}

  get ended(): boolean {
    return this.at >= this.bytes.length;
  }

  next(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#byte();
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  }

  take(length: number): Uint8Array {
    if (this.at + length > this.bytes.length) throw this.#cutOff();
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  #byte(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) throw this.#cutOff();
    this.at += 1;
    return byte;
  }

  #cutOff(): Error {
    return new Error(
      `${this.source} ends after ${this.bytes.length} bytes, in the middle of its pieces: load it again.`,
    );
  }
}
