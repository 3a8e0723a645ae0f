/**
 * All that a run needs of its data, from choices to tokens: read and split the text, make the vocabulary, tokenise. In
 * slices of 20 ms, with progress, and stoppable between them.
 */

import type { Tokenizer } from '../../tokenizer/tokenizer';
import type { HeldOutText } from '../batches/held-out';
import type { TokenSource } from '../batches/token-source';
import { type CorpusChoice, heldOutUnit, type Split, type VocabularyChoice } from './choice';
import type { SplitDocuments } from './documents';
import type { Floor } from './floor';
import { readDocuments, type TextFiles } from './read';
import { inSlices } from './slices';
import { heldOutStories, storyHash, storySource } from './stories';
import { type TextCounts, tokenise } from './tokenise';
import { makeVocabulary, storiesToLearn, type Vocabulary } from './vocabulary';

export interface DataChoice {
  readonly corpus: CorpusChoice;
  readonly split: Split;
  readonly vocabulary: VocabularyChoice;
  /** u32; decides which stories StoryWorld tells in training. */
  readonly seed: number;
  /** Held-out tokens wanted of StoryWorld, which has no end; with a pruned vocabulary, characters. */
  readonly heldOutTokens: number;
}

export interface DataFiles extends TextFiles {
  /** Parsed tokenizer.json of a shipped model. */
  tokenizer(modelId: string): Promise<unknown>;
}

export type PreparationStage = 'read' | 'vocabulary' | 'tokenise';

export interface PreparationControl {
  /** `share`: of the stage, 0 … 1. */
  readonly onProgress?: (stage: PreparationStage, share: number) => void;
  readonly shouldStop?: () => boolean;
}

export interface PreparedData {
  readonly tokenizer: Tokenizer;
  /** Content of the tokenizer.json of the run's checkpoints. */
  readonly tokenizerJson: unknown;
  readonly train: TokenSource;
  readonly heldOut: HeldOutText;
  /** 16 hexadecimal digits; equal for equal text, split and vocabulary (StoryWorld: and seed). */
  readonly dataHash: string;
  /** `train` is null for StoryWorld, which has no end. */
  readonly counts: { readonly train: TextCounts | null; readonly heldOut: TextCounts };
  /** Only StoryWorld's is known. */
  readonly floor: Floor | null;
}

/** Throws Stopped, or a sentence: a text that is missing or no text, a vocabulary without room. */
export async function prepareData(
  choice: DataChoice,
  files: DataFiles,
  control: PreparationControl = {},
): Promise<PreparedData> {
  const { corpus, vocabulary } = choice;
  const run = <R>(stage: PreparationStage, work: Generator<{ done: number; total: number }, R, void>): Promise<R> =>
    inSlices(work, {
      onProgress: ({ done, total }) => control.onProgress?.(stage, total > 0 ? Math.min(1, done / total) : 0),
      ...(control.shouldStop ? { shouldStop: control.shouldStop } : {}),
    });
  const model = vocabulary.kind === 'shipped' ? vocabulary.id : vocabulary.kind === 'pruned' ? vocabulary.from : null;
  const shipped = model === null ? null : await files.tokenizer(model);

  if (corpus.kind === 'storyworld') {
    const learns = vocabulary.kind !== 'bytes' && vocabulary.kind !== 'shipped';
    const sample: SplitDocuments = learns
      ? await run('read', storiesToLearn(corpus.zhShare))
      : { train: [], heldOut: [] };
    const made = await run('vocabulary', makeVocabulary(vocabulary, sample, true, shipped));
    return stories(corpus.zhShare, choice, made, run);
  }
  control.onProgress?.('read', 0);
  const documents = await readDocuments(corpus, choice.split, files);
  const marked = !(corpus.kind === 'file' && choice.split === 'tail');
  const made = await run('vocabulary', makeVocabulary(vocabulary, documents, marked, shipped));
  const text = await run('tokenise', tokenise(documents, made.tokenizer));
  return { tokenizer: made.tokenizer, tokenizerJson: made.json, ...text, floor: null };
}

async function stories(
  zhShare: number,
  { seed, heldOutTokens, vocabulary }: DataChoice,
  { tokenizer, json }: Vocabulary,
  run: <R>(stage: PreparationStage, work: Generator<{ done: number; total: number }, R, void>) => Promise<R>,
): Promise<PreparedData> {
  const train = storySource(tokenizer, seed, zhShare);
  const heldOut = await run('tokenise', heldOutStories(tokenizer, zhShare, heldOutTokens, heldOutUnit(vocabulary)));
  const { text, documents, characters, unknown, floor } = heldOut;
  return {
    tokenizer,
    tokenizerJson: json,
    train,
    heldOut: text,
    dataHash: storyHash(train, text),
    counts: { train: null, heldOut: { documents, tokens: text.ids.length, characters, unknown } },
    floor,
  };
}
