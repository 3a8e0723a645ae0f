/**
 * Text to ids and back, driven by a tokenizer.json: a BPE, with byte fallback or over a fixed set of characters.
 *
 * With byte fallback lossless for every JavaScript string: decode(encode(text)) === text, lone surrogates and NUL included.
 * Without it a character that has no piece becomes the unknown token, or is left out where there is none. Text that looks like
 * a byte or special token ("<0x41>", "<|end|>") stays text unless `allowSpecial` is set.
 */

import { readBytes } from './byte-alphabet';
import { ByteDecoder, pushBytes } from './bytes';
import { MergeTable } from './merge';
import { readTokenizerJson, type SpecialIds, type TokenizerTables } from './readTokenizerJson';
import { wordsOf } from './words';

export interface EncodeOptions {
  /** Put the begin token first, where the vocabulary has one. Default false. */
  readonly begin?: boolean;
  /** Read the texts of special tokens as those tokens. Default false: what a user types is only text. */
  readonly allowSpecial?: boolean;
}

export interface Piece {
  /** The piece's characters; of a byte or special token its name, "<0x0A>". */
  readonly text: string;
  readonly kind: 'special' | 'byte' | 'piece';
}

/** Words are cached up to this many, each up to this length; then the cache starts anew. */
const cacheWords = 100_000;
const cacheLength = 64;

export class Tokenizer {
  readonly special: SpecialIds;
  /** Id that stands for any character the vocabulary cannot write; null when there is none. It decodes to U+FFFD. */
  readonly unknown: number | null;
  readonly vocabularySize: number;

  readonly tables: TokenizerTables;
  readonly mergeTable: MergeTable;
  private readonly specialIds: ReadonlyMap<string, number>;
  /** Id → byte, for byte pieces. */
  private readonly bytes = new Map<number, number>();
  private readonly specials = new Set<number>();
  /** Id of a code point below 0x10000 that has a piece of its own, else -1. */
  private readonly basicIds = new Int32Array(0x10000).fill(-1);
  private readonly astralIds = new Map<number, number>();
  private readonly cache = new Map<string, Int32Array>();
  private buffer = new Int32Array(1024);

  private words: ReturnType<typeof wordsOf> | null = null;

  constructor(tables: TokenizerTables) {
    this.tables = tables;
    this.special = tables.special;
    this.unknown = tables.unknown;
    this.vocabularySize = tables.pieces.length;
    this.mergeTable = new MergeTable(tables.merges, tables.ranks);
    this.specialIds = new Map(tables.specialTokens.map(({ content, id }) => [content, id]));
    tables.byteIds.forEach((id, byte) => {
      this.bytes.set(id, byte);
    });
    for (const { id } of tables.specialTokens) this.specials.add(id);
    tables.pieces.forEach((piece, id) => {
      const codePoint = piece.codePointAt(0);
      if (codePoint === undefined || piece.length !== (codePoint > 0xffff ? 2 : 1)) return;
      if (codePoint > 0xffff) this.astralIds.set(codePoint, id);
      else this.basicIds[codePoint] = id;
    });
  }

  /**
   * Reads the parsed content of a tokenizer.json. `source` names the file in errors.
   * Throws a sentence naming the file and the field when the file is not a byte-fallback BPE that it reads as others do.
   */
  static parse(json: unknown, source = 'tokenizer.json'): Tokenizer {
    return new Tokenizer(readTokenizerJson(json, source));
  }

  encode(text: string, options: EncodeOptions = {}): Uint32Array {
    const out = new IdList(Math.ceil(text.length / 2) + 16);
    if (options.begin && this.special.begin !== null) out.push(this.special.begin);
    if (!options.allowSpecial || this.specials.size === 0) {
      this.encodeText(text, out);
      return out.take();
    }
    let start = 0;
    for (const { index, id, length } of this.findSpecials(text)) {
      this.encodeText(text.slice(start, index), out);
      out.push(id);
      start = index + length;
    }
    this.encodeText(text.slice(start), out);
    return out.take();
  }

  /**
   * Ids of a text that a model is to go on with, the begin token first where there is one. Never empty: a model needs
   * something to go on from, so without a begin token nothing becomes a newline, or the first id where there is none.
   */
  encodePrompt(text: string): Uint32Array {
    const ids = this.encode(text, { begin: true });
    if (ids.length > 0) return ids;
    const newline = this.encode('\n');
    return newline.length > 0 ? newline : Uint32Array.of(0);
  }

  /** Text of the ids. Special tokens have no text; bytes that form no character become U+FFFD. */
  decode(ids: Iterable<number>): string {
    const bytes = new ByteDecoder();
    let text = '';
    for (const id of ids) text += this.decodeInto(id, bytes);
    return text + bytes.flush();
  }

  /** Throws when `id` is not in the vocabulary. */
  piece(id: number): Piece {
    const text = this.tables.pieces[id];
    if (text === undefined) {
      throw new Error(`Token ${id} is not in the vocabulary; its ids are 0 to ${this.vocabularySize - 1}.`);
    }
    const kind = this.specials.has(id) ? 'special' : this.bytes.has(id) ? 'byte' : 'piece';
    return { text: this.tables.alphabet === 'bytes' && kind === 'piece' ? readBytes(text) : text, kind };
  }

  /** The text that `id` adds behind what `bytes` holds open. For decoders that keep their own state. */
  decodeInto(id: number, bytes: ByteDecoder): string {
    const byte = this.bytes.get(id);
    if (byte !== undefined) return bytes.push(byte);
    if (this.tables.alphabet === 'bytes' && !this.specials.has(id)) return this.decodeBytes(id, bytes);
    const { text, kind } = this.piece(id);
    if (id === this.unknown) return `${bytes.flush()}\ufffd`;
    return bytes.flush() + (kind === 'special' ? '' : text);
  }

  private *findSpecials(text: string): Generator<{ index: number; id: number; length: number }> {
    // specialTokens stand longest first, so the alternation prefers the longest.
    const names = this.tables.specialTokens.map(({ content }) => content.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
    for (const match of text.matchAll(new RegExp(names.join('|'), 'g'))) {
      yield { index: match.index, id: this.specialIds.get(match[0]) as number, length: match[0].length };
    }
  }

  /** Calls back with each word of a text, in order; joined they are the text, its space marks read as spaces. */
  forEachWord(text: string, visit: (word: string) => void): void {
    this.words ??= wordsOf(this.tables);
    this.words(text, visit);
  }

  /** Ids of a text that is not cut into words: what it merges to by itself. Space marks are taken as they are. */
  encodeWhole(text: string): Int32Array {
    return this.mergeWord(text).slice();
  }

  /** Ids of a piece of a larger vocabulary, as its tables spell it. */
  encodePiece(piece: string): Int32Array {
    if (this.tables.alphabet === 'characters') return this.encodeWhole(piece);
    const ids = Int32Array.from(piece, (byte) => this.basicIds[byte.charCodeAt(0)] as number);
    return ids.subarray(0, this.mergeTable.merge(ids, ids.length));
  }

  /** Ids of a word as `forEachWord` gives it; they are the tokenizer's own, not to be written to. */
  encodeWord(word: string): Int32Array {
    const known = this.cache.get(word);
    if (known) return known;
    const ids = this.mergeWord(word).slice();
    if (word.length <= cacheLength) {
      if (this.cache.size >= cacheWords) this.cache.clear();
      this.cache.set(word, ids);
    }
    return ids;
  }

  private decodeBytes(id: number, bytes: ByteDecoder): string {
    const piece = this.tables.pieces[id];
    if (piece === undefined) return this.piece(id).text;
    let text = '';
    for (let i = 0; i < piece.length; i += 1) text += bytes.push(piece.charCodeAt(i));
    return text;
  }

  private encodeText(text: string, out: IdList): void {
    this.forEachWord(text, (word) => out.pushAll(this.encodeWord(word)));
  }

  /** A view of the buffer, good until the next word. */
  private mergeWord(word: string): Int32Array {
    if (this.buffer.length < word.length * 3) this.buffer = new Int32Array(word.length * 3);
    const ids = this.buffer;
    return ids.subarray(0, this.mergeTable.merge(ids, this.characterIds(word, ids)));
  }

  /** Writes one id a character; where it has none, one a byte, or the unknown token. Returns how many. */
  private characterIds(word: string, ids: Int32Array): number {
    const inBytes = this.tables.alphabet === 'bytes';
    const byteIds = inBytes ? this.basicIds : this.tables.byteIds;
    let length = 0;
    const bytes: number[] = [];
    for (let i = 0; i < word.length; i += 1) {
      const codePoint = word.codePointAt(i) as number;
      const astral = codePoint > 0xffff;
      if (astral) i += 1;
      const id = inBytes ? -1 : astral ? (this.astralIds.get(codePoint) ?? -1) : (this.basicIds[codePoint] as number);
      if (id !== -1) {
        ids[length] = id;
        length += 1;
        continue;
      }
      if (byteIds.length === 0) {
        if (this.unknown === null) continue;
        ids[length] = this.unknown;
        length += 1;
        continue;
      }
      bytes.length = 0;
      pushBytes(codePoint, bytes);
      for (const byte of bytes) {
        ids[length] = byteIds[byte] as number;
        length += 1;
      }
    }
    return length;
  }
}

/** A growing list of ids. */
class IdList {
  private ids: Uint32Array;
  private length = 0;

  constructor(capacity: number) {
    this.ids = new Uint32Array(capacity);
  }

  push(id: number): void {
    this.reserve(1);
    this.ids[this.length] = id;
    this.length += 1;
  }

  pushAll(ids: Int32Array): void {
    this.reserve(ids.length);
    // A loop: `set` takes longer for the few ids of a word.
    for (let i = 0; i < ids.length; i += 1) this.ids[this.length + i] = ids[i] as number;
    this.length += ids.length;
  }

  take(): Uint32Array {
    return this.ids.slice(0, this.length);
  }

  private reserve(count: number): void {
    if (this.length + count <= this.ids.length) return;
    const grown = new Uint32Array(Math.max(this.ids.length * 2, this.length + count));
    grown.set(this.ids.subarray(0, this.length));
    this.ids = grown;
  }
}
