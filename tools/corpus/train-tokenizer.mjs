/**
 * Trains the tokenizer of a shipped model and writes public/models/<model>/tokenizer.json:
 *
 *   node tools/corpus/train-tokenizer.mjs text-mini      from the real text that fetch.mjs wrote
 *   node tools/corpus/train-tokenizer.mjs story-nano     from StoryWorld documents
 *
 * The same text gives the same file.
 */

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { modelNamed, readDocuments, storyText } from './models.mjs';
import { fail, loadSource, root } from './source.mjs';

/** StoryWorld documents to learn from: enough that every word of its lexicon occurs often. */
const storyDocuments = 40_000;

const model = modelNamed(process.argv[2]);
const [{ trainBpe }, { Tokenizer }] = await Promise.all([
  loadSource('tokenizer/train'),
  loadSource('tokenizer/tokenizer'),
]);
const documents = model.story ? await storyText(model, 0, storyDocuments) : readDocuments('train');

const start = performance.now();
const json = trainBpe(balanced(documents), { vocabularySize: model.vocabulary }, ({ pieces, wanted }) => {
  if (pieces % 1024 === 0) console.log(`${pieces} of ${wanted} pieces`);
});
const seconds = (performance.now() - start) / 1000;

const tokenizer = Tokenizer.parse(json, 'the trained tokenizer');
if (tokenizer.vocabularySize !== model.vocabulary) {
  fail(
    `${model.name}: the text gave ${tokenizer.vocabularySize} pieces, ${model.vocabulary} were asked for. Give it more text or ask for fewer.`,
  );
}
const folder = join(root, 'public/models', model.name);
if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, 'tokenizer.json'), `${JSON.stringify(json)}\n`);
console.log(
  `public/models/${model.name}/tokenizer.json: ${tokenizer.vocabularySize} pieces, trained in ${seconds.toFixed(1)} s`,
);

for (const language of ['en', 'zh']) {
  const texts = documents.filter((document) => document.language === language).slice(0, 3000);
  const characters = texts.reduce((sum, { text }) => sum + text.length, 0);
  const encodeStart = performance.now();
  const ids = texts.map(({ text }) => tokenizer.encode(text));
  const elapsed = (performance.now() - encodeStart) / 1000;
  const tokens = ids.reduce((sum, list) => sum + list.length, 0);
  const bytes = ids.reduce((sum, list) => sum + list.filter((id) => tokenizer.piece(id).kind === 'byte').length, 0);
  console.log(
    `${language}: ${(characters / tokens).toFixed(3)} characters a token, ${((100 * bytes) / tokens).toFixed(2)} % byte tokens, ` +
      `${(characters / elapsed / 1e6).toFixed(1)}M characters/s`,
  );
}

/** English to train on is cut to about three times the characters of Chinese, so that neither takes the whole vocabulary. */
function* balanced(documents) {
  const total = { en: 0, zh: 0 };
  for (const { text, language } of documents) total[language] += text.length;
  const share = Math.min(1, (3 * total.zh) / total.en);
  let kept = 0;
  for (const [index, { text, language }] of documents.entries()) {
    // Every document whose number crosses the next whole multiple of 1/share: spread evenly over all sources.
    if (language === 'zh') yield text;
    else if (Math.floor((index + 1) * share) > kept || share === 1) {
      kept = Math.floor((index + 1) * share);
      yield text;
    }
  }
}
