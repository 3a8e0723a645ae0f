/** The shipped models as the corpus tools see them: where their text comes from and how their vocabulary is made. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { corpora, fail, loadSource, root } from './source.mjs';

/**
 * `coverage`: share of all characters with a piece of their own; the rest is spelled in bytes, three tokens a hanzi. Measured on
 * held-out text: of real text, whose classical verse uses thousands of rare hanzi, 0.997 gives the fewest tokens in sum.
 * StoryWorld has about 900 characters; 0.995 gives 693 of them a piece, 0.998 gives 785. 1,024 pieces in all would leave no room for words.
 */
export const models = [
  { name: 'text-mini', vocabulary: 6144, story: false, coverage: 0.997 },
  { name: 'story-nano', vocabulary: 1536, story: true, coverage: 0.995 },
  // Trained on from story-nano, so its pieces are story-nano's: the same text and settings give the same file.
  { name: 'story-moe', vocabulary: 1536, story: true, coverage: 0.995 },
  { name: 'story-micro', vocabulary: 2048, story: true, coverage: 0.998 },
];

/** Every story of the shipped models comes from this seed; the held-out stream has keys of its own. */
export const storySeed = 1;

export function modelNamed(name) {
  const model = models.find((candidate) => candidate.name === name);
  const names = models.map((candidate) => candidate.name).join(', ');
  return model ?? fail(`There is no model "${name ?? ''}"; give one of ${names}.`);
}

/** Real-text documents, `part` being 'train' or 'held-out'. */
export function readDocuments(part) {
  const path = join(corpora, 'text', `${part}.jsonl`);
  if (!existsSync(path)) {
    fail(`.cache/corpora/text/${part}.jsonl is not there. Run "node tools/corpus/fetch.mjs" first.`);
  }
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** index → StoryWorld document, half of them English, half Chinese. `part`: 'train' or 'held-out'. */
export async function storyReader(part) {
  const { storyDocument } = await loadSource('data/storyworld/index');
  return (index) => storyDocument(storySeed, index, { zh: 0.5 }, part);
}

/** The model's tokenizer from public/models. */
export async function readTokenizer(model) {
  const path = `public/models/${model.name}/tokenizer.json`;
  if (!existsSync(join(root, path))) {
    fail(`${path} is not there. Run "node tools/corpus/train-tokenizer.mjs ${model.name}" first.`);
  }
  const { Tokenizer } = await loadSource('tokenizer/tokenizer');
  return Tokenizer.parse(JSON.parse(readFileSync(join(root, path), 'utf8')), path);
}
