/**
 * A tokenizer for a run: read, pruned, made of the text's characters, of bytes, or trained on the text.
 *
 * Characters: all of the training text; a character that only held-out text has becomes the unknown token. The unknown token
 * is there when documents are marked (what people type may hold anything) or when held-out text needs it; else the
 * vocabulary has exactly the text's characters, as nanoGPT's character recipes.
 */

import { Tokenizer } from '../../tokenizer/tokenizer';
import type { TokenizerJson } from '../../tokenizer/tokenizerJson';
import { defaultSpecialTokens } from '../../tokenizer/tokenizerJson';
import { trainBpeInSteps } from '../../tokenizer/train';
import { bytesTokenizerJson, charactersTokenizerJson } from '../../tokenizer/vocabularies';
import { storyDocument } from '../storyworld';
import type { VocabularyChoice } from './choice';
import type { SplitDocuments } from './documents';
import { prunedTokenizerJson } from './pruned-vocabulary';

export interface Vocabulary {
  readonly tokenizer: Tokenizer;
  /** Content of the tokenizer.json that a checkpoint of the run holds. */
  readonly json: unknown;
}

export interface VocabularyProgress {
  readonly done: number;
  readonly total: number;
}

/** Characters a BPE is trained on at most: more changes few merges and takes longer. */
const trainingLength = 8_000_000;

/** `shipped`: the parsed tokenizer.json of the model that the choice names. Throws a sentence for a size without room. */
export function* makeVocabulary(
  choice: VocabularyChoice,
  text: SplitDocuments,
  documentTokens: boolean,
  shipped: unknown,
): Generator<VocabularyProgress, Vocabulary, void> {
  switch (choice.kind) {
    case 'shipped':
      return read(shipped, `the tokenizer of ${choice.id}`);
    case 'bytes':
      return read(bytesTokenizerJson({ documentTokens }), 'the vocabulary of bytes');
    case 'characters': {
      const known = yield* charactersOf(text.train);
      // Without marks a newline ends each of several documents.
      if (!documentTokens && text.train.length > 1) known.add('\n');
      const heldOut = yield* charactersOf(text.heldOut);
      const unknown = documentTokens || [...heldOut].some((character) => !known.has(character));
      return read(charactersTokenizerJson(known, { documentTokens, unknown }), 'the vocabulary of characters');
    }
    case 'bpe': {
      const steps = trainBpeInSteps(sample(text.train), {
        vocabularySize: choice.size,
        special: documentTokens ? defaultSpecialTokens : null,
      });
      let json: TokenizerJson | null = null;
      while (!json) {
        const step = steps.next();
        if (step.done) json = step.value;
        else yield { done: step.value.pieces, total: step.value.wanted };
      }
      return read(json, 'the trained vocabulary');
    }
    case 'pruned':
      return read(yield* prunedTokenizerJson(choice, shipped, text.train), `the pruned tokenizer of ${choice.from}`);
    default:
      return choice satisfies never;
  }
}

function read(json: unknown, source: string): Vocabulary {
  return { tokenizer: Tokenizer.parse(json, source), json };
}

/** Characters looked at between two yields. */
const slice = 65_536;

/** Lone surrogates are left out: no file can hold them. */
function* charactersOf(documents: SplitDocuments['train']): Generator<VocabularyProgress, Set<string>, void> {
  const total = documents.reduce((sum, { text }) => sum + text.length, 0);
  const codePoints = new Set<number>();
  let done = 0;
  let yielded = 0;
  for (const { text } of documents) {
    for (let i = 0; i < text.length; i += 1) {
      const codePoint = text.codePointAt(i) as number;
      if (codePoint > 0xffff) i += 1;
      if (codePoint < 0xd800 || codePoint > 0xdfff) codePoints.add(codePoint);
      if (done + i - yielded >= slice) {
        yielded = done + i;
        yield { done: yielded, total };
      }
    }
    done += text.length;
  }
  return new Set([...codePoints].map((codePoint) => String.fromCodePoint(codePoint)));
}

/** Documents spread evenly over the text, with together at most `trainingLength` characters. */
function* sample(documents: SplitDocuments['train']): Generator<string> {
  const total = documents.reduce((sum, { text }) => sum + text.length, 0);
  const share = Math.min(1, trainingLength / total);
  if (documents.length === 1) {
    yield documents[0]?.text.slice(0, trainingLength) ?? '';
    return;
  }
  for (const [index, { text }] of documents.entries()) {
    if (Math.floor((index + 1) * share) > Math.floor(index * share)) yield text;
  }
}

/** StoryWorld's words and characters are few: this many documents hold all but the rarest. */
const storySample = 12_000;

/** What a vocabulary for StoryWorld is made from: the same documents for every seed. */
export function* storiesToLearn(zhShare: number): Generator<VocabularyProgress, SplitDocuments, void> {
  const train: { text: string; language: 'en' | 'zh' }[] = [];
  for (let index = 0; index < storySample; index += 1) {
    const { text, language } = storyDocument(1, index, { zh: zhShare });
    train.push({ text, language });
    if (index % 50 === 0) yield { done: index, total: storySample };
  }
  return { train, heldOut: [] };
}
