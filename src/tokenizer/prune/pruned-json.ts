/**
 * A pruned vocabulary as a tokenizer.json that other readers of such files take: from another tokenizer.json its pieces and
 * merges are left out and the rest stays as it is; from a vocabulary that came as pieces alone the file is written anew.
 */
import type { TokenizerTables } from '../readTokenizerJson';
import type { AddedToken } from '../tokenizerJson';

type Json = Readonly<Record<string, unknown>>;

/** `json`: a parsed tokenizer.json. `kept`: its ids that stay, ascending; the first gets id 0. */
export function pruneTokenizerJson(json: unknown, kept: ArrayLike<number>): Json {
  const file = json as Json & { readonly added_tokens: readonly AddedToken[]; readonly model: Json };
  const vocab = file.model.vocab as Readonly<Record<string, number>>;
  const newIds = new Map(Array.from(kept, (id, index) => [id, index] as const));
  const pieces = Object.entries(vocab)
    .flatMap(([piece, id]) => (newIds.has(id) ? [[piece, newIds.get(id) as number] as const] : []))
    .sort((a, b) => a[1] - b[1]);
  const left = new Set(pieces.map(([piece]) => piece));
  const merges = (file.model.merges as readonly (string | readonly [string, string])[]).filter((merge) => {
    const [first, second] = typeof merge === 'string' ? (merge.split(' ') as [string, string]) : merge;
    return left.has(first) && left.has(second) && left.has(first + second);
  });
  return {
    ...file,
    added_tokens: file.added_tokens.flatMap((token) => {
      const id = newIds.get(token.id);
      return id === undefined ? [] : [{ ...token, id }];
    }),
    model: { ...file.model, vocab: Object.fromEntries(pieces), merges },
  };
}

const spaceMark = '▁';

/** For tables that came from no tokenizer.json: SentencePiece's pieces with marked spaces, or tiktoken's bytes. */
export function writeTokenizerJson(tables: TokenizerTables): Json {
  const spell = tables.alphabet === 'bytes' ? inByteLetters : (piece: string) => piece.replaceAll(' ', spaceMark);
  const names = new Set([...tables.byteIds, ...tables.specialTokens.map(({ id }) => id)]);
  const name = (piece: string, id: number) => (names.has(id) ? piece : spell(piece));
  const vocab = Object.fromEntries(tables.pieces.map((piece, id) => [name(piece, id), id]));
  const { merges } = tables;
  const pairs = Array.from({ length: merges.length / 3 }, (_, i) =>
    [merges[3 * i] as number, merges[3 * i + 1] as number].map((id) => name(tables.pieces[id] as string, id)),
  );
  const { normalizer, pre_tokenizer, decoder } = tables.alphabet === 'bytes' ? byteParts(tables) : spaceParts;
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer,
    pre_tokenizer,
    post_processor: null,
    decoder,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: tables.alphabet === 'characters',
      ignore_merges: false,
      vocab,
      merges: pairs,
    },
  };
}

/** No "Strip" at the end, which would take a text's first space. */
const spaceParts = {
  normalizer: { type: 'Replace', pattern: { String: ' ' }, content: spaceMark },
  pre_tokenizer: null,
  decoder: {
    type: 'Sequence',
    decoders: [
      { type: 'Replace', pattern: { String: spaceMark }, content: ' ' },
      { type: 'ByteFallback' },
      { type: 'Fuse' },
    ],
  },
};

function byteParts({ words }: TokenizerTables) {
  const Regex = words.kind === 'pattern' ? words.pattern.source : '[^]+';
  const letters = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };
  return {
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [{ type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false }, letters],
    },
    decoder: letters,
  };
}

/** GPT-2's letters for bytes: printable ones stand for themselves, the others for the letters from U+0100 on, in order. */
export const byteLetters: readonly string[] = (() => {
  const printable = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    if (printable(byte)) return String.fromCharCode(byte);
    next += 1;
    return String.fromCharCode(next - 1);
  });
})();

function inByteLetters(piece: string): string {
  return Array.from(piece, (character) => byteLetters[character.charCodeAt(0)] as string).join('');
}
