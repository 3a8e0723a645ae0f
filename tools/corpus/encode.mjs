/**
 * Turns a model's text into token streams for training:
 *
 *   node tools/corpus/encode.mjs text-mini
 *   node tools/corpus/encode.mjs story-micro --tokens 60000000 [--held-out 2000]
 *
 * .cache/corpora/<model>/train.u16, held-out.u16   ids, 16 bits, little-endian; a document is begin, its ids, end
 * .cache/corpora/<model>/train.json                counts of documents and tokens by language
 * .cache/corpora/<model>/held-out.json             a row a document: language, tokens predicted (its ids and end; begin is given),
 *                                                  characters (code points), for stories logProbability in nats, the floor
 *
 * Bits a character = loss in nats a token · predicted tokens / characters / ln 2.
 */

import { closeSync, mkdirSync, openSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { endianness } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { modelNamed, readDocuments, readTokenizer, storyReader } from './models.mjs';
import { corpora, fail } from './source.mjs';

/** Share of Chinese tokens wanted in real text, how far off it may lie, and how often a document may come at most. */
const chineseShare = 0.35;
const tolerance = 0.03;
const mostRepeats = 3;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { tokens: { type: 'string' }, 'held-out': { type: 'string', default: '2000' } },
});
const model = modelNamed(positionals[0]);
const tokenizer = await readTokenizer(model);
const folder = join(corpora, model.name);
mkdirSync(folder, { recursive: true });

function wholeNumber(text, option) {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    fail(`${option} is ${text ?? 'missing'}; give a whole number, such as ${option} 60000000.`);
  return value;
}

/** A file of ids written in blocks; it takes its name only when it is complete. */
class IdFile {
  constructor(name) {
    this.path = join(folder, name);
    // The process id keeps two runs at once from writing into one file.
    this.unfinished = `${this.path}.${process.pid}.unfinished`;
    this.file = openSync(this.unfinished, 'w');
    this.block = new Uint16Array(1 << 20);
    this.filled = 0;
    this.tokens = 0;
  }

  /** Returns the number of tokens the document takes, begin and end included. */
  add(ids) {
    if (this.filled + ids.length + 2 > this.block.length) this.flush();
    if (ids.length + 2 > this.block.length)
      fail(`A document has ${ids.length} tokens; split documents before encoding them.`);
    this.block[this.filled] = tokenizer.special.begin;
    this.block.set(ids, this.filled + 1);
    this.block[this.filled + ids.length + 1] = tokenizer.special.end;
    this.filled += ids.length + 2;
    this.tokens += ids.length + 2;
    return ids.length + 2;
  }

  flush() {
    const bytes = Buffer.from(this.block.slice(0, this.filled).buffer);
    writeSync(this.file, endianness() === 'LE' ? bytes : bytes.swap16());
    this.filled = 0;
  }

  close() {
    this.flush();
    closeSync(this.file);
    renameSync(this.unfinished, this.path);
  }
}

/** Fisher–Yates from a fixed seed (a linear congruential generator, its high bits). */
function shuffled(list) {
  const copy = [...list];
  let state = 12345;
  for (let i = copy.length - 1; i > 0; i -= 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = Math.floor((state / 2 ** 32) * (i + 1));
    [copy[i], copy[j]] = [copy[j], copy[i]];
  }
  return copy;
}

/** Documents in the order of training: both languages whole where their balance allows, the scarcer repeated where not. */
function mixed(documents) {
  const order = shuffled(documents);
  const count = (language) =>
    order.filter((d) => d.language === language).reduce((sum, d) => sum + d.ids.length + 2, 0);
  const tokens = { en: count('en'), zh: count('zh') };
  const share = tokens.zh / (tokens.en + tokens.zh);
  if (Math.abs(share - chineseShare) <= tolerance) return order;
  const [scarce, factor] =
    share < chineseShare
      ? ['zh', (tokens.en / tokens.zh) * (chineseShare / (1 - chineseShare))]
      : ['en', (tokens.zh / tokens.en) * ((1 - chineseShare) / chineseShare)];
  const list = order.filter((document) => document.language === scarce);
  const extra = Math.round(list.length * (Math.min(factor, mostRepeats) - 1));
  return shuffled([...order, ...Array.from({ length: extra }, (_, i) => list[i % list.length])]);
}

const characters = (text) => {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
};

function writeHeldOut(documents) {
  const file = new IdFile('held-out.u16');
  const rows = [];
  for (const { text, language, source, kind, logProbability } of documents) {
    const ids = tokenizer.encode(text);
    file.add(ids);
    const row = { language, predicted: ids.length + 1, characters: characters(text) };
    rows.push(model.story ? { ...row, kind, logProbability } : { ...row, source });
  }
  file.close();
  const totals = {};
  for (const row of rows) {
    for (const key of ['all', row.language]) {
      totals[key] ??= { documents: 0, predicted: 0, characters: 0 };
      totals[key].documents += 1;
      totals[key].predicted += row.predicted;
      totals[key].characters += row.characters;
      if (model.story) totals[key].logProbability = (totals[key].logProbability ?? 0) + row.logProbability;
    }
  }
  if (model.story) {
    for (const total of Object.values(totals)) total.floorNatsPerToken = -total.logProbability / total.predicted;
  }
  writeFileSync(join(folder, 'held-out.json'), `${JSON.stringify({ totals, documents: rows })}\n`);
  console.log('held out:', totals);
}

function writeTrain(documents, wanted) {
  const file = new IdFile('train.u16');
  const totals = {};
  const start = performance.now();
  let shown = start;
  for (const { ids, text, language } of documents) {
    const tokens = file.add(ids ?? tokenizer.encode(text));
    totals[language] ??= { documents: 0, tokens: 0 };
    totals[language].documents += 1;
    totals[language].tokens += tokens;
    if (file.tokens >= wanted) break;
    if (performance.now() - shown > 5000) {
      shown = performance.now();
      const left = ((shown - start) / file.tokens) * (wanted - file.tokens);
      console.log(
        `${(file.tokens / 1e6).toFixed(1)}M of ${(wanted / 1e6).toFixed(1)}M tokens, ${Math.round(left / 1000)} s left`,
      );
    }
  }
  file.close();
  const vocabulary = tokenizer.vocabularySize;
  writeFileSync(
    join(folder, 'train.json'),
    `${JSON.stringify({ vocabulary, tokens: file.tokens, languages: totals })}\n`,
  );
  console.log(`train: ${file.tokens} tokens in ${((performance.now() - start) / 1000).toFixed(1)} s`, totals);
}

if (model.story) {
  const wanted = wholeNumber(values.tokens, '--tokens');
  const heldOut = await storyReader('held-out');
  writeHeldOut(Array.from({ length: wholeNumber(values['held-out'], '--held-out') }, (_, index) => heldOut(index)));
  const story = await storyReader('train');
  const stories = function* () {
    for (let index = 0; ; index += 1) yield story(index);
  };
  writeTrain(stories(), wanted);
} else {
  writeHeldOut(shuffled(readDocuments('held-out')));
  const documents = readDocuments('train').map((document) => ({ ...document, ids: tokenizer.encode(document.text) }));
  const order = mixed(documents);
  writeTrain(
    order,
    order.reduce((sum, { ids }) => sum + ids.length + 2, 0),
  );
}
