/**
 * Trains the tokenizer of a shipped model, writes public/models/<model>/tokenizer.json and prints what it makes of held-out text:
 *
 *   node tools/corpus/train-tokenizer.mjs text-mini      from the real text that fetch.mjs wrote
 *   node tools/corpus/train-tokenizer.mjs story-nano     from StoryWorld documents
 *   … [--vocabulary 1536] [--coverage 0.99]              instead of what models.mjs says
 *
 * The same text gives the same file.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { modelNamed, readDocuments, storyReader } from './models.mjs';
import { fail, loadSource, root } from './source.mjs';

/** StoryWorld documents to learn from: enough that every word of its lexicon occurs often. */
const storyDocuments = 40_000;
const heldOutStories = 2_000;

async function documentsOf(model, part) {
  if (!model.story) return readDocuments(part);
  const story = await storyReader(part);
  return Array.from({ length: part === 'train' ? storyDocuments : heldOutStories }, (_, index) => story(index));
}

/** English is thinned to at most three times the characters of Chinese, so that neither takes the whole vocabulary. */
function* balanced(documents) {
  const total = { en: 0, zh: 0 };
  for (const { text, language } of documents) total[language] += text.length;
  const share = Math.min(1, (3 * total.zh) / total.en);
  let english = 0;
  for (const { text, language } of documents) {
    if (language === 'en') {
      english += 1;
      // Keeps the documents at which the running count of kept ones steps up: spread evenly over all sources.
      if (Math.floor(english * share) === Math.floor((english - 1) * share)) continue;
    }
    yield text;
  }
}

function measure(tokenizer, documents, language) {
  const texts = documents.filter((document) => document.language === language).map(({ text }) => text);
  const characters = texts.reduce((sum, text) => sum + text.length, 0);
  const start = performance.now();
  const ids = texts.map((text) => tokenizer.encode(text));
  const seconds = (performance.now() - start) / 1000;
  const tokens = ids.reduce((sum, list) => sum + list.length, 0);
  const bytes = ids.reduce((sum, list) => sum + list.filter((id) => tokenizer.piece(id).kind === 'byte').length, 0);
  return (
    `${language}, held out: ${(characters / tokens).toFixed(3)} characters a token, ` +
    `${((100 * bytes) / tokens).toFixed(2)} % byte tokens, ${(characters / seconds / 1e6).toFixed(1)}M characters/s`
  );
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { vocabulary: { type: 'string' }, coverage: { type: 'string' } },
});
const named = modelNamed(positionals[0]);
const model = {
  ...named,
  vocabulary: Number(values.vocabulary ?? named.vocabulary),
  coverage: Number(values.coverage ?? named.coverage),
};
if (!(model.coverage > 0 && model.coverage <= 1))
  fail(`--coverage is ${values.coverage}; give a share above 0, at most 1.`);
const [{ trainBpe }, { Tokenizer }] = await Promise.all([
  loadSource('tokenizer/train'),
  loadSource('tokenizer/tokenizer'),
]);
const documents = await documentsOf(model, 'train');
const start = performance.now();
const json = trainBpe(
  balanced(documents),
  { vocabularySize: model.vocabulary, characterCoverage: model.coverage },
  ({ pieces, wanted }) => pieces % 1024 === 0 && console.log(`${pieces} of ${wanted} pieces`),
);
const seconds = (performance.now() - start) / 1000;

const tokenizer = Tokenizer.parse(json, 'the trained tokenizer');
if (tokenizer.vocabularySize !== model.vocabulary) {
  const { vocabularySize } = tokenizer;
  fail(
    `${model.name}: the text gave ${vocabularySize} pieces, not ${model.vocabulary}. Give it more text or ask for fewer.`,
  );
}
const folder = join(root, 'public/models', model.name);
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'tokenizer.json'), `${JSON.stringify(json)}\n`);
console.log(
  `public/models/${model.name}/tokenizer.json: ${tokenizer.vocabularySize} pieces, ` +
    `${json.model.merges.length} of them merged, trained in ${seconds.toFixed(1)} s`,
);
const heldOut = await documentsOf(model, 'held-out');
for (const language of ['en', 'zh']) console.log(measure(tokenizer, heldOut, language));
