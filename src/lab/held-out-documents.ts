/**
 * Documents that no training has seen, for measuring a finished model: StoryWorld's, or passages of the page's texts. A model reads
 * each by itself, so it has to fit the context under every vocabulary that is compared.
 */
import { readDocuments, type TextFiles } from '../data/corpus/read';
import { storyDocument } from '../data/storyworld';
import { packParagraphs } from '../data/text';
import type { Tokenizer } from '../tokenizer/tokenizer';

export interface HeldOutDocument {
  readonly text: string;
  /** Of its first sentence; null: not known. */
  readonly language: 'en' | 'zh' | null;
  /** False for the beginning of a longer document, behind which no end is predicted. */
  readonly whole: boolean;
  /** −ln P; null where the source is not known. */
  readonly floorNats: number | null;
}

const evenMixture = { zh: 0.5 };

/** StoryWorld's held-out documents of a seed, half of them Chinese: at seed 1 those that the shipped models were measured on. */
export function* heldOutStories(seed: number, count: number): Generator<HeldOutDocument> {
  for (let index = 0; index < count; index++) {
    const { text, language, logProbability } = storyDocument(seed, index, evenMixture, 'held-out');
    yield { text, language, whole: true, floorNats: -logProbability };
  }
}

/** Most characters of a passage: about 150 tokens of a vocabulary of some thousand pieces, twice that of a heavily pruned one. */
const passageLength = { en: 500, zh: 120 } as const;

/**
 * Up to `count` passages of the page's texts that are there, text by text in turn: each is the beginning of a held-out document, up to
 * the end of a sentence. Held out is what `prepareData` holds out by hash. Throws a sentence when no text is there.
 */
export async function heldOutPassages(files: TextFiles, count: number): Promise<HeldOutDocument[]> {
  const { corpora } = await files.manifest();
  const texts: HeldOutDocument[][] = [];
  for (const entry of corpora) {
    if ('missing' in entry) continue;
    const { heldOut } = await readDocuments({ kind: 'texts', ids: [entry.id] }, 'hash', files);
    texts.push(heldOut.slice(0, count).map(({ text }) => passageOf(text, entry.language)));
  }
  if (texts.length === 0) {
    throw new Error(
      'None of the page’s texts is there to measure on: make them with "node tools/corpus/assets.mjs", then reload.',
    );
  }
  const rounds = Array.from({ length: count }, (_, index) => texts.flatMap((text) => text[index] ?? []));
  return rounds.flat().slice(0, count);
}

function passageOf(text: string, language: 'en' | 'zh'): HeldOutDocument {
  const [passage = ''] = packParagraphs(text.split('\n'), passageLength[language]);
  return { text: passage, language, whole: passage === text, floorNats: null };
}

/** A document as models are trained on it: begin, text, end. */
export function documentIds(tokenizer: Tokenizer, { text, whole }: HeldOutDocument): Uint32Array {
  const { end } = tokenizer.special;
  const ids = tokenizer.encode(text, { begin: true });
  return whole && end !== null ? Uint32Array.of(...ids, end) : ids;
}

/**
 * The first `wanted` documents that fit a context under every one of the vocabularies, so that all are measured on the same ones;
 * `left`: those before the last of them that do not fit.
 */
export function fittingDocuments(
  documents: Iterable<HeldOutDocument>,
  tokenizers: readonly Tokenizer[],
  context: number,
  wanted = Number.POSITIVE_INFINITY,
): { readonly fitting: readonly HeldOutDocument[]; readonly left: number } {
  const fitting: HeldOutDocument[] = [];
  let left = 0;
  for (const document of documents) {
    if (tokenizers.every((tokenizer) => documentIds(tokenizer, document).length <= context)) fitting.push(document);
    else left += 1;
    if (fitting.length >= wanted) break;
  }
  return { fitting, left };
}
