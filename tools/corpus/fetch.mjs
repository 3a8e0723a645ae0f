/**
 * Fetches the real text that text-mini learns from, and writes it as documents:
 *
 *   node tools/corpus/fetch.mjs
 *
 * .cache/corpora/text/           train.jsonl, held-out.jsonl ({ text, language, source } a line), report.json
 *
 * Each step is left out when its result is there; a run that was cut off goes on where it stood.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentsOf } from './documents.mjs';
import { fetchSource, filesOf } from './packages.mjs';
import { corpora, fail, loadSource } from './source.mjs';
import { sources } from './sources.mjs';

/** The source's files, or null when they cannot be had and the corpus can be made without. */
async function filesFor(source) {
  const there = filesOf(source);
  if (there) return there;
  try {
    await fetchSource(source);
  } catch (error) {
    if (source.client === 'npm') fail(`${error.message} Go online and run this again; what was fetched is kept.`);
    console.warn(`${error.message} It is left out: the corpus is made without it.`);
    return null;
  }
  return filesOf(source);
}

const text = await loadSource('data/text/index');
const output = join(corpora, 'text');
mkdirSync(output, { recursive: true });
const lines = { train: [], 'held-out': [] };
const report = [];
const seen = new Set();
for (const source of sources) {
  const files = await filesFor(source);
  if (!files) continue;
  const row = {
    source: source.name,
    language: '',
    documents: 0,
    characters: 0,
    heldOutDocuments: 0,
    heldOutCharacters: 0,
  };
  for (const document of documentsOf(source, files, text)) {
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
