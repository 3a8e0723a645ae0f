/**
 * Writes the texts that the page can learn from, out of the packages that are there:
 *
 *   node tools/corpus/assets.mjs
 *
 * public/corpora/manifest.json   every text with its title, licence, source and size, or `missing`: the command that gets it
 * public/corpora/<id>.txt        its documents, parted by U+001E
 * public/corpora/<id>.licence    the licence as its package has it, which most ask to be handed on with the text
 *
 * Needs no network. Does nothing when packages and the code that reads them are those of the last time.
 */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { documentsOf } from './documents.mjs';
import { filesOf } from './packages.mjs';
import { loadSource, root } from './source.mjs';
import { sources } from './sources.mjs';

const publicFolder = join(root, 'public/corpora');

/** Debian's packages are for pretraining the shipped models: not everyone has the client that fetches them. */
export const pageSources = sources.filter(({ client }) => client === 'npm');

/** What the assets depend on: the packages that are there, and the code between them and the assets. */
function stateKey(found) {
  const hash = createHash('sha256');
  const text = join(root, 'src/data/text');
  const code = [
    ...readdirSync(text)
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .sort()
      .map((file) => join(text, file)),
    ...['assets.mjs', 'documents.mjs', 'sources.mjs'].map((file) => join(root, 'tools/corpus', file)),
  ];
  for (const file of code) hash.update(readFileSync(file)).update('\0');
  for (const [source, files] of found) hash.update(`${source.name} ${source.version} ${files !== null}\0`);
  return hash.digest('hex').slice(0, 16);
}

function isUpToDate(folder, key) {
  const manifestFile = join(folder, 'manifest.json');
  if (!existsSync(manifestFile)) return false;
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8'));
  const whole = ({ file, bytes }) => !file || statSync(join(folder, file), { throwIfNoEntry: false })?.size === bytes;
  return manifest.key === key && manifest.corpora.every(whole);
}

function writeWhole(file, content) {
  writeFileSync(`${file}.unfinished`, content);
  renameSync(`${file}.unfinished`, file);
}

function writeCorpus(folder, source, files, text, separator) {
  const texts = new Set();
  for (const document of documentsOf(source, files, text)) {
    if (document.text.includes(separator)) {
      throw new Error(`${source.name}: a document holds U+001E, which parts documents: clean it in src/data/text.`);
    }
    texts.add(document.text);
  }
  const content = Buffer.from([...texts].join(separator));
  const file = `${source.name}.txt`;
  writeWhole(join(folder, file), content);
  let characters = 0;
  for (const document of texts) for (const _ of document) characters += 1;
  const licenceFile = `${source.name}.licence`;
  writeWhole(join(folder, licenceFile), files.read('package/LICENSE'));
  return { file, licenceFile, documents: texts.size, characters, bytes: content.length };
}

/** `found`: [source, its files or null]. Returns whether anything was written. */
export async function writeAssets(
  folder = publicFolder,
  found = pageSources.map((source) => [source, filesOf(source)]),
) {
  const key = stateKey(found);
  if (isUpToDate(folder, key)) return false;
  const text = await loadSource('data/text/index');
  const { documentSeparator } = await loadSource('data/corpus/manifest');
  mkdirSync(folder, { recursive: true });
  const corpora = found.map(([source, files]) => {
    const { name: id, title, language, content, licence, notice, package: packageName, version } = source;
    const entry = {
      id,
      title,
      language,
      content,
      licence,
      ...(notice ? { notice } : {}),
      package: packageName,
      version,
    };
    if (files) return { ...entry, ...writeCorpus(folder, source, files, text, documentSeparator) };
    return { ...entry, missing: 'npm run corpora', ...(source.size ? { download: source.size } : {}) };
  });
  const kept = new Set(['manifest.json', ...corpora.flatMap(({ file, licenceFile }) => [file, licenceFile])]);
  for (const file of readdirSync(folder)) if (!kept.has(file)) rmSync(join(folder, file));
  writeWhole(join(folder, 'manifest.json'), `${JSON.stringify({ version: 1, key, corpora }, null, 2)}\n`);
  return true;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href && (await writeAssets())) report();

function report() {
  const { corpora } = JSON.parse(readFileSync(join(publicFolder, 'manifest.json'), 'utf8'));
  for (const { id, documents, characters, missing } of corpora) {
    console.log(
      missing
        ? `public/corpora: ${id} is not there; "${missing}" fetches it.`
        : `public/corpora/${id}.txt: ${documents} documents, ${characters} characters.`,
    );
  }
}
