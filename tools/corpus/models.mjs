/** The shipped models as the corpus tools see them: where their text comes from and how large their vocabulary is. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { corpora, fail, loadSource } from './source.mjs';

export const models = [
  { name: 'text-mini', vocabulary: 6144, story: false },
  { name: 'story-nano', vocabulary: 1024, story: true },
  { name: 'story-micro', vocabulary: 2048, story: true },
];

export function modelNamed(name) {
  const model = models.find((candidate) => candidate.name === name);
  return (
    model ??
    fail(`There is no model "${name ?? ''}"; give one of ${models.map((candidate) => candidate.name).join(', ')}.`)
  );
}

/** Real-text documents, `part` being 'train' or 'held-out'. */
export function readDocuments(part) {
  const path = join(corpora, 'text', `${part}.jsonl`);
  if (!existsSync(path))
    fail(`.cache/corpora/text/${part}.jsonl is not there. Run "node tools/corpus/fetch.mjs" first.`);
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** StoryWorld documents `first` … `first + count − 1`. */
export async function storyText(model, first, count) {
  const { storyDocument } = await loadSource('data/storyworld/index');
  return Array.from({ length: count }, (_, i) => storyDocument(1, first + i));
}
