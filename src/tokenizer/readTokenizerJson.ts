/**
 * Reads a tokenizer.json into plain tables, and refuses, with a sentence that names the file and the field, whatever
 * this encoder would read differently from other readers of the file.
 */

import { bytePiece, defaultSpecialTokens } from './tokenizerJson';

/** Ids of the tokens that mark documents; null where the vocabulary has no such token. */
export interface SpecialIds {
  readonly begin: number | null;
  readonly end: number | null;
  readonly pad: number | null;
}

export interface TokenizerTables {
  /** Text of every id; a byte's is its name, "<0x0A>". */
  readonly pieces: readonly string[];
  /** Id of the byte 0 … 255; empty when the vocabulary has no bytes. */
  readonly byteIds: readonly number[];
  readonly special: SpecialIds;
  /** Written for a character that has neither piece nor bytes; null: such a character is left out. */
  readonly unknown: number | null;
  /** Every special token, longest text first. */
  readonly specialTokens: readonly { readonly id: number; readonly content: string }[];
  /** Left id, right id, merged id: three numbers a merge, in order of rank. */
  readonly merges: Int32Array;
  /** Of each merge, where some are equal; null: its place in `merges`. */
  readonly ranks: Int32Array | null;
  readonly words: WordRule;
  /**
   * `characters`: a piece is its text. `bytes`: it holds one character, U+0000 … U+00FF, for each of its bytes, and every text
   * is spelled in bytes before it is merged.
   */
  readonly alphabet: 'characters' | 'bytes';
  /** A character that the vocabulary cannot tell from a space, and reads as one: SentencePiece's "▁". */
  readonly spaceMark: string | null;
}

/** Where a text is cut into words before merging; no merge crosses a cut. */
export type WordRule =
  /** At the matches of a pattern, as the file says. */
  | { readonly kind: 'pattern'; readonly pattern: RegExp }
  /** The file cuts nowhere, so a cut is harmless where no piece holds the two characters beside each other. */
  | { readonly kind: 'pairs' };

type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

export function readTokenizerJson(json: unknown, source: string): TokenizerTables {
  const refuse = (field: string, sentence: string): never => {
    throw new Error(`${source}: ${field} ${sentence}`);
  };
  const fields = (value: unknown, field: string): Fields =>
    isFields(value) ? value : refuse(field, `is ${show(value)}; an object is needed.`);
  const list = (value: unknown, field: string): readonly unknown[] =>
    Array.isArray(value) ? value : refuse(field, `is ${show(value)}; a list is needed.`);
  const expect = (value: unknown, wanted: readonly unknown[], field: string) => {
    if (!wanted.includes(value)) {
      refuse(field, `is ${show(value)}; this tokenizer reads only ${wanted.map(show).join(' or ')}.`);
    }
  };

  const root = fields(json, 'the file');
  const model = fields(root.model, 'model');
  expect(model.type, ['BPE'], 'model.type');
  expect(model.byte_fallback, [true, false], 'model.byte_fallback');
  // With byte fallback nothing is unknown, so how unknown characters are written does not matter.
  const unknownName = model.byte_fallback ? null : (model.unk_token ?? null);
  if (unknownName !== null) expect(model.fuse_unk ?? false, [false], 'model.fuse_unk');
  expect(model.ignore_merges ?? false, [false], 'model.ignore_merges');
  expect(model.dropout ?? null, [null], 'model.dropout');
  expect(model.continuing_subword_prefix ?? '', [''], 'model.continuing_subword_prefix');
  expect(model.end_of_word_suffix ?? '', [''], 'model.end_of_word_suffix');
  expect(root.normalizer ?? null, [null], 'normalizer');

  const preTokenizer = fields(root.pre_tokenizer, 'pre_tokenizer');
  expect(preTokenizer.type, ['Split'], 'pre_tokenizer.type');
  expect(preTokenizer.behavior, ['Isolated'], 'pre_tokenizer.behavior');
  expect(preTokenizer.invert ?? false, [false], 'pre_tokenizer.invert');
  const pattern = fields(preTokenizer.pattern, 'pre_tokenizer.pattern').Regex;
  const split = readPattern(pattern, refuse);

  const vocabulary = new Map<string, number>(
    Object.entries(fields(model.vocab, 'model.vocab')).map(([piece, id]) => [piece, id as number]),
  );
  const specialTokens = list(root.added_tokens, 'added_tokens').map((value, index) => {
    const token = fields(value, `added_tokens[${index}]`);
    const { id, content } = token;
    if (typeof id !== 'number') return refuse(`added_tokens[${index}].id`, `is ${show(id)}; a number is needed.`);
    if (typeof content !== 'string' || content === '') {
      return refuse(`added_tokens[${index}].content`, `is ${show(content)}; a text is needed.`);
    }
    if ((vocabulary.get(content) ?? id) !== id) {
      refuse(
        `added_tokens[${index}].id`,
        `is ${id}, but model.vocab gives ${show(content)} the id ${vocabulary.get(content)}.`,
      );
    }
    vocabulary.set(content, id);
    return { id, content };
  });

  const pieces = new Array<string | undefined>(vocabulary.size);
  for (const [piece, id] of vocabulary) {
    if (!Number.isInteger(id) || id < 0 || id >= vocabulary.size) {
      refuse(
        `model.vocab[${show(piece)}]`,
        `is ${show(id)}; the ids of ${vocabulary.size} pieces are 0 to ${vocabulary.size - 1}.`,
      );
    }
    if (pieces[id] !== undefined) {
      refuse(`model.vocab[${show(piece)}]`, `is ${id}, which ${show(pieces[id])} has already; each id is used once.`);
    }
    pieces[id] = piece;
  }

  const idOf = (piece: string, field: string): number =>
    vocabulary.get(piece) ?? refuse(field, `needs the piece ${show(piece)}, which model.vocab lacks.`);
  const byteIds = model.byte_fallback
    ? Array.from({ length: 256 }, (_, byte) => idOf(bytePiece(byte), 'model.byte_fallback'))
    : [];
  if (unknownName !== null && typeof unknownName !== 'string') {
    refuse('model.unk_token', `is ${show(unknownName)}; a text or null is needed.`);
  }
  const unknown = typeof unknownName === 'string' ? idOf(unknownName, 'model.unk_token') : null;
  const specialId = (wanted: string) => specialTokens.find(({ content }) => content === wanted)?.id ?? null;
  const special = {
    begin: specialId(defaultSpecialTokens.begin),
    end: specialId(defaultSpecialTokens.end),
    pad: specialId(defaultSpecialTokens.pad),
  };

  // A merge that spelled a byte's or a special token's name would let plain text turn into one.
  const reserved = new Set([...byteIds, ...specialTokens.map((token) => token.id)]);
  const merges = list(model.merges, 'model.merges').map((value, rank) => {
    const field = `model.merges[${rank}]`;
    const pair = typeof value === 'string' ? value.split(' ') : value;
    if (!Array.isArray(pair) || pair.length !== 2 || typeof pair[0] !== 'string' || typeof pair[1] !== 'string') {
      return refuse(field, `is ${show(value)}; a pair of pieces is needed.`);
    }
    const merged = idOf(pair[0] + pair[1], field);
    if (reserved.has(merged)) {
      refuse(
        field,
        `makes ${show(pair[0] + pair[1])}, the name of a byte or special token; plain text must not form it.`,
      );
    }
    const left = idOf(pair[0], field);
    const right = idOf(pair[1], field);
    if (reserved.has(left) || reserved.has(right)) {
      refuse(field, `joins ${show(pair)}; bytes and special tokens must not merge.`);
    }
    return [left, right, merged];
  });

  return {
    pieces: pieces as string[],
    byteIds,
    special,
    unknown,
    specialTokens: [...specialTokens].sort((a, b) => b.content.length - a.content.length),
    merges: Int32Array.from(merges.flat()),
    ranks: null,
    words: { kind: 'pattern', pattern: split },
    alphabet: 'characters',
    spaceMark: null,
  };
}

function readPattern(pattern: unknown, refuse: (field: string, sentence: string) => never): RegExp {
  const field = 'pre_tokenizer.pattern.Regex';
  if (typeof pattern !== 'string') return refuse(field, `is ${show(pattern)}; a regular expression is needed.`);
  try {
    return new RegExp(pattern, 'gu');
  } catch (error) {
    return refuse(field, `is not a regular expression that JavaScript reads: ${(error as Error).message}.`);
  }
}
