/**
 * Fetches the real text that text-mini learns from, and writes it as documents:
 *
 *   node tools/corpus/fetch.mjs
 *
 * .cache/corpora/packages/       packages as the clients delivered them; kept, so that a second run needs no network
 * .cache/corpora/<source>/       the files needed, and source.json: package, version, licence
 * .cache/corpora/text/           train.jsonl, held-out.jsonl ({ text, language, source } a line), report.json
 *
 * Each step is left out when its result is there; a run that was cut off goes on where it stood.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { corpora, fail, loadSource } from './source.mjs';
import { sources } from './sources.mjs';

const packages = join(corpora, 'packages');

function run(command, args, cwd) {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 2 ** 28 });
}

/** Path of the source's archive, fetched when it is not there. */
function archiveOf(source) {
  const npm = source.client === 'npm';
  const prefix = npm
    ? `${source.package.replace('@', '').replace('/', '-')}-${source.version}.tgz`
    : `${source.package}_`;
  const find = () => readdirSync(packages).find((file) => file.startsWith(prefix) && /\.(tgz|deb)$/.test(file));
  let file = find();
  if (!file) {
    console.log(`${source.name}: fetching ${source.package} ${source.version} …`);
    // Fetched aside and moved: an archive that was cut off never counts as there.
    const aside = join(packages, 'unfinished');
    rmSync(aside, { recursive: true, force: true });
    mkdirSync(aside);
    if (npm) run('npm', ['pack', '--loglevel=error', `${source.package}@${source.version}`], aside);
    else run('apt-get', ['download', `${source.package}=${source.version}`], aside);
    for (const fetched of readdirSync(aside)) renameSync(join(aside, fetched), join(packages, fetched));
    rmSync(aside, { recursive: true });
    file = find();
  }
  return join(packages, file);
}

function unpack(source) {
  const folder = join(corpora, source.name);
  if (existsSync(join(folder, 'source.json'))) return true;
  let archive;
  try {
    archive = archiveOf(source);
  } catch (error) {
    const lines = String(error.stderr || error.message).split('\n');
    const reason = lines.find((line) => /reason:|^E:/.test(line)) ?? lines[0];
    const sentence = `${source.name}: ${source.package} ${source.version} could not be fetched with ${source.client} (${reason}).`;
    if (source.client === 'npm') fail(`${sentence} Go online and run this again; what was fetched is kept.`);
    console.warn(`${sentence} It is left out: the corpus is made without it.`);
    return false;
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  if (source.client === 'npm') run('tar', ['-xzf', archive, '-C', folder, '--wildcards', ...source.files]);
  else run('dpkg', ['-x', archive, folder]);
  const { name, package: packageName, version, client, licence, notice, content } = source;
  const record = { name, package: packageName, version, client, licence, ...(notice ? { notice } : {}), content };
  writeFileSync(join(folder, 'source.json'), `${JSON.stringify(record, null, 2)}\n`);
  return true;
}

function* documentsOf(source, text) {
  const folder = join(corpora, source.name);
  const read = (path, encoding = 'utf8') => readFileSync(join(folder, path), encoding);
  const list = (path) => readdirSync(join(folder, path)).sort();
  for (const [language, content] of source.documents(text, read, list)) {
    if (text.isSuitable(content)) yield { text: content, language, source: source.name };
  }
}

mkdirSync(packages, { recursive: true });
const text = await loadSource('data/text/index');
const output = join(corpora, 'text');
mkdirSync(output, { recursive: true });
const lines = { train: [], 'held-out': [] };
const report = [];
const seen = new Set();
for (const source of sources) {
  if (!unpack(source)) continue;
  const row = {
    source: source.name,
    language: '',
    documents: 0,
    characters: 0,
    heldOutDocuments: 0,
    heldOutCharacters: 0,
  };
  for (const document of documentsOf(source, text)) {
    if (seen.has(document.text)) continue;
    seen.add(document.text);
    const heldOut = text.isHeldOut(document.text);
    lines[heldOut ? 'held-out' : 'train'].push(JSON.stringify(document));
    row.language = document.language;
    row[heldOut ? 'heldOutDocuments' : 'documents'] += 1;
    row[heldOut ? 'heldOutCharacters' : 'characters'] += document.text.length;
  }
  report.push(row);
  console.log(`${source.name}: ${row.documents} documents, ${row.characters} characters (${source.licence})`);
}
for (const [name, list] of Object.entries(lines)) writeFileSync(join(output, `${name}.jsonl`), `${list.join('\n')}\n`);
writeFileSync(join(output, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
console.table(report);
for (const language of ['en', 'zh']) {
  const characters = report.filter((row) => row.language === language).reduce((sum, row) => sum + row.characters, 0);
  console.log(`${language}: ${characters} characters to train on`);
}
