/**
 * Reads a tokenizer.json of another kind than the project's own: SentencePiece's (spaces as "▁", bytes to fall back on, as
 * InternLM2 and what was pruned of it) and those over bytes (GPT-2, cl100k_base). What neither this encoder nor its oracle would
 * read alike is refused with a sentence that names the field and its kind.
 */
import { byteLetters } from './prune/pruned-json';
import { readTokenizerJson, type TokenizerTables } from './readTokenizerJson';
import { bytePiece } from './tokenizerJson';

type Json = Readonly<Record<string, unknown>>;

/** Any tokenizer.json that can be read. `source` names the file in errors. */
export function readAnyTokenizerJson(json: unknown, source: string): TokenizerTables {
  const kind = kindOf(json);
  if (kind === 'spaces') return readSpaces(json as Json, source);
  if (kind === 'bytes') return readBytes(json as Json, source);
  return readTokenizerJson(json, source);
}

function kindOf(json: unknown): 'spaces' | 'bytes' | null {
  const { normalizer, pre_tokenizer, model } = (json ?? {}) as Json;
  const bpe = (model as Json | undefined)?.type === 'BPE';
  if (!bpe) return null;
  if (parts(pre_tokenizer, 'pretokenizers').some(({ type }) => type === 'ByteLevel')) return 'bytes';
  return (pre_tokenizer ?? null) === null && parts(normalizer, 'normalizers').some(isSpaceMark) ? 'spaces' : null;
}

/** The steps of a sequence, or the one step there is. */
function parts(value: unknown, list: string): readonly Json[] {
  const step = (value ?? null) as Json | null;
  if (step === null) return [];
  return step.type === 'Sequence' && Array.isArray(step[list]) ? (step[list] as readonly Json[]) : [step];
}

function isSpaceMark({ type, pattern, content }: Json): boolean {
  return type === 'Replace' && (pattern as Json | undefined)?.String === ' ' && content === '▁';
}

interface Parts {
  readonly pieces: readonly string[];
  readonly ids: ReadonlyMap<string, number>;
  readonly pairs: readonly (readonly [string, string])[];
  readonly added: readonly { readonly id: number; readonly content: string }[];
  readonly refuse: (field: string, sentence: string) => never;
}

function readParts(json: Json, source: string): Parts {
  const refuse = (field: string, sentence: string): never => {
    throw new Error(`${source}: ${field} ${sentence}`);
  };
  const model = json.model as Json;
  for (const field of ['dropout', 'continuing_subword_prefix', 'end_of_word_suffix'] as const) {
    if (model[field])
      refuse(`model.${field}`, `is ${JSON.stringify(model[field])}; such a vocabulary is not read here.`);
  }
  if (model.ignore_merges)
    refuse('model.ignore_merges', 'is true; only vocabularies that follow their merges are read here.');
  if (typeof model.vocab !== 'object' || model.vocab === null)
    return refuse('model.vocab', 'is missing; an object is needed.');
  const ids = new Map(Object.entries(model.vocab as Readonly<Record<string, number>>));
  const added = ((json.added_tokens ?? []) as Parts['added']).map(({ id, content }) => ({ id, content }));
  for (const { id, content } of added) ids.set(content, id);
  const pieces = new Array<string | undefined>(ids.size);
  for (const [piece, id] of ids) {
    if (!Number.isInteger(id) || id < 0 || id >= ids.size || pieces[id] !== undefined) {
      refuse(
        `model.vocab[${JSON.stringify(piece)}]`,
        `is ${id}; ${ids.size} pieces need the ids 0 to ${ids.size - 1}, each once.`,
      );
    }
    pieces[id] = piece;
  }
  if (!Array.isArray(model.merges)) return refuse('model.merges', 'is missing; a list is needed.');
  const pairs = model.merges.map((merge, rank) => {
    const pair = typeof merge === 'string' ? merge.split(' ') : merge;
    if (!Array.isArray(pair) || pair.length !== 2 || ![...pair, pair.join('')].every((piece) => ids.has(piece))) {
      return refuse(
        `model.merges[${rank}]`,
        `is ${JSON.stringify(merge)}, which are not two pieces that make a third.`,
      );
    }
    return pair as [string, string];
  });
  return { pieces: pieces as string[], ids, pairs, added, refuse };
}

function mergesOf({ ids, pairs }: Parts, reserved: ReadonlySet<number>): Int32Array {
  const id = (piece: string) => ids.get(piece) as number;
  return Int32Array.from(
    pairs.flatMap(([left, right]) => {
      const merge = [id(left), id(right), id(left + right)];
      // Text must not become a special token, whatever a converter made of its letters.
      return merge.some((piece) => reserved.has(piece)) ? [] : merge;
    }),
  );
}

function readSpaces(json: Json, source: string): TokenizerTables {
  const read = readParts(json, source);
  const { pieces, ids, added, refuse } = read;
  const other = parts(json.normalizer, 'normalizers').find((step) => !isSpaceMark(step));
  if (other) {
    refuse(
      'normalizer',
      `has a step "${other.type}", which changes the text: only the one that marks spaces is read here.`,
    );
  }
  if ((json.model as Json).byte_fallback !== true) {
    refuse(
      'model.byte_fallback',
      'is not true: without bytes to fall back on a pruned vocabulary could not write every text.',
    );
  }
  const byteIds = Array.from(
    { length: 256 },
    (_, byte) => ids.get(bytePiece(byte)) ?? refuse('model.vocab', `lacks the byte ${bytePiece(byte)}.`),
  );
  const control = pieces.flatMap((piece, id) => (/^(<unk>|<s>|<\/s>|\[UNUSED_TOKEN_\d+\])$/.test(piece) ? [id] : []));
  const special = [...new Set([...control, ...added.map(({ id }) => id)])];
  return {
    pieces: pieces.map((piece) => piece.replaceAll('▁', ' ')),
    byteIds,
    special: { begin: ids.get('<s>') ?? null, end: ids.get('</s>') ?? null, pad: null },
    unknown: null,
    specialTokens: byLength(special.map((id) => ({ id, content: pieces[id] as string }))),
    merges: mergesOf(read, new Set([...byteIds, ...special])),
    ranks: null,
    words: { kind: 'pairs' },
    alphabet: 'characters',
    spaceMark: '▁',
  };
}

/** GPT-2's pattern, which a ByteLevel step stands for that cuts by itself. */
const gpt2Pattern =
  "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\p{White_Space}\\p{L}\\p{N}]+|\\p{White_Space}+(?!\\P{White_Space})|\\p{White_Space}+";

function readBytes(json: Json, source: string): TokenizerTables {
  const read = readParts(json, source);
  const { pieces, ids, added, refuse } = read;
  if ((json.normalizer ?? null) !== null) refuse('normalizer', 'is not null: a text that is changed cannot come back.');
  const steps = parts(json.pre_tokenizer, 'pretokenizers');
  const split = steps.find(({ type }) => type === 'Split');
  const level = steps.find(({ type }) => type === 'ByteLevel') as Json;
  const unread = steps.find(({ type }) => type !== 'Split' && type !== 'ByteLevel');
  if (unread) refuse('pre_tokenizer', `has a step "${unread.type}"; only Split and ByteLevel are read here.`);
  if (level.add_prefix_space)
    refuse('pre_tokenizer.add_prefix_space', 'is true: the space before a text could not be told from its own.');
  const pattern = split ? ((split.pattern as Json | undefined)?.Regex as string) : gpt2Pattern;
  let words: RegExp;
  try {
    words = new RegExp(pattern, 'gu');
  } catch (error) {
    return refuse(
      'pre_tokenizer.pattern',
      `is no regular expression that JavaScript reads: ${(error as Error).message}.`,
    );
  }
  const letters = new Map(byteLetters.map((letter, byte) => [letter, String.fromCharCode(byte)]));
  const missing = byteLetters.findIndex((letter) => !ids.has(letter));
  if (missing >= 0) refuse('model.vocab', `lacks the byte ${bytePiece(missing)}, so it cannot write every text.`);
  const special = new Set(added.map(({ id }) => id));
  const spelled = (piece: string) => Array.from(piece, (letter) => letters.get(letter) ?? letter).join('');
  return {
    pieces: pieces.map((piece, id) => (special.has(id) ? piece : spelled(piece))),
    byteIds: [],
    special: { begin: null, end: ids.get('<|endoftext|>') ?? null, pad: null },
    unknown: null,
    specialTokens: byLength(added),
    merges: mergesOf(read, special),
    ranks: null,
    words: { kind: 'pattern', pattern: words },
    alphabet: 'bytes',
    spaceMark: null,
  };
}

function byLength(tokens: Parts['added']): Parts['added'] {
  return [...tokens].sort((a, b) => b.content.length - a.content.length);
}
