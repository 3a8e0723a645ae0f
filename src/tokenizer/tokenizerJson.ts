/**
 * The file tokenizer.json: a BPE in the format of Hugging Face's `tokenizers`.
 *
 * No normaliser, no "▁", no dummy prefix: a piece holds its spaces as they are. A character that has no piece of its own is
 * written as its bytes, <0x00> … <0xFF>; in a vocabulary without bytes as the unknown token, and where that is missing too it
 * is left out. Ids: the special tokens first, then the 256 bytes, characters, merged pieces. A vocabulary of bytes or of
 * characters is such a file without merges.
 * A merge never crosses a border of `splitPattern`; the same pattern stands in the file, so that other readers split alike.
 */

export interface SpecialTokens {
  readonly begin: string;
  readonly end: string;
  readonly pad: string;
}

export const defaultSpecialTokens: SpecialTokens = { begin: '<|begin|>', end: '<|end|>', pad: '<|pad|>' };

/** Stands for every character that a vocabulary without bytes lacks. */
export const unknownToken = '<|unknown|>';

/**
 * Words with the space before them, runs of hanzi, single digits, punctuation, newlines, other white space (whose last space
 * is left to the word that follows). Only constructs that JavaScript (flag u) and Oniguruma read alike.
 */
export const splitPattern =
  ' ?[^\\P{L}㐀-䶿一-鿿]+|[㐀-䶿一-鿿]+|\\p{N}| ?[^\\p{White_Space}\\p{L}\\p{N}]+|[\\r\\n]+|' +
  '[^\\P{White_Space}\\r\\n]+(?!\\P{White_Space})|[^\\P{White_Space}\\r\\n]+';

export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly single_word: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  readonly normalized: boolean;
  readonly special: boolean;
}

export interface TokenizerJson {
  readonly version: '1.0';
  readonly truncation: null;
  readonly padding: null;
  readonly added_tokens: readonly AddedToken[];
  readonly normalizer: null;
  readonly pre_tokenizer: {
    readonly type: 'Split';
    readonly pattern: { readonly Regex: string };
    readonly behavior: 'Isolated';
    readonly invert: false;
  };
  readonly post_processor: null;
  readonly decoder: {
    readonly type: 'Sequence';
    readonly decoders: readonly [{ readonly type: 'ByteFallback' }, { readonly type: 'Fuse' }];
  };
  readonly model: {
    readonly type: 'BPE';
    readonly dropout: null;
    readonly unk_token: string | null;
    readonly continuing_subword_prefix: null;
    readonly end_of_word_suffix: null;
    readonly fuse_unk: false;
    readonly byte_fallback: boolean;
    readonly ignore_merges: false;
    readonly vocab: Readonly<Record<string, number>>;
    readonly merges: readonly (readonly [string, string])[];
  };
}

/** The piece that stands for a byte: 10 → "<0x0A>". */
export function bytePiece(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
}

export interface TokenizerParts {
  /** Begin, end and pad; null: documents are not marked. */
  readonly special: SpecialTokens | null;
  /** What a character without a piece becomes: its bytes, the unknown token, or nothing. */
  readonly fallback: 'bytes' | 'unknown' | 'none';
  readonly characters: readonly string[];
  /** In order of rank. */
  readonly merges: readonly (readonly [string, string])[];
}

/** Builds the file; ids follow the order special tokens, unknown token, bytes, characters, merged pieces. */
export function makeTokenizerJson({ special, fallback, characters, merges }: TokenizerParts): TokenizerJson {
  const contents = special ? [special.begin, special.end, special.pad] : [];
  if (fallback === 'unknown') contents.push(unknownToken);
  const vocab: Record<string, number> = {};
  let size = 0;
  const add = (piece: string) => {
    if (!Object.hasOwn(vocab, piece)) {
      // A plain assignment to "__proto__" would set the prototype instead of a key.
      Object.defineProperty(vocab, piece, { value: size, enumerable: true, configurable: true, writable: true });
      size += 1;
    }
  };
  for (const content of contents) add(content);
  for (let byte = 0; fallback === 'bytes' && byte < 256; byte += 1) add(bytePiece(byte));
  for (const character of characters) add(character);
  for (const [left, right] of merges) add(left + right);
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: contents.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: { type: 'Split', pattern: { Regex: splitPattern }, behavior: 'Isolated', invert: false },
    post_processor: null,
    decoder: { type: 'Sequence', decoders: [{ type: 'ByteFallback' }, { type: 'Fuse' }] },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: fallback === 'unknown' ? unknownToken : null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: fallback === 'bytes',
      ignore_merges: false,
      vocab,
      merges,
    },
  };
}
