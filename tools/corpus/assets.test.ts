import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { documentSeparator, presentEntry, readCorpusManifest } from '../../src/data/corpus/manifest';
import { pageSources, type Source, type SourceFiles, writeAssets } from './assets.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'corpora-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const files: SourceFiles = { read: () => 'the licence', list: () => [] };
const source = (name: string, texts: readonly string[]): Source => ({
  name,
  title: name,
  language: 'en',
  content: 'texts',
  licence: 'public domain',
  package: name,
  version: '1.0.0',
  *documents() {
    for (const text of texts) yield ['en', text];
  },
});
const manifest = () => readCorpusManifest(JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8')), 'm');

describe('writeAssets', () => {
  it('writes each text once, parted, with its licence, and what is missing with the command that gets it', async () => {
    const found = [
      [source('one', ['a 🙂', 'b', 'a 🙂']), files],
      [{ ...source('two', ['c']), size: '85 MB' }, null],
    ] as const;
    expect(await writeAssets(folder, found)).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['manifest.json', 'one.licence', 'one.txt']);
    const entry = presentEntry(manifest(), 'one');
    expect(entry).toMatchObject({ file: 'one.txt', documents: 2, characters: 4, bytes: 8, version: '1.0.0' });
    expect(readFileSync(path.join(folder, 'one.txt'), 'utf8').split(documentSeparator)).toEqual(['a 🙂', 'b']);
    expect(manifest().corpora[1]).toMatchObject({ missing: 'npm run corpora', download: '85 MB' });
  });

  it('does nothing the second time, and all again when a text is damaged or comes', async () => {
    const one = [source('one', ['a']), files] as const;
    expect(await writeAssets(folder, [one, [source('two', ['b']), null]])).toBe(true);
    expect(await writeAssets(folder, [one, [source('two', ['b']), null]])).toBe(false);
    writeFileSync(path.join(folder, 'one.txt'), '');
    expect(await writeAssets(folder, [one, [source('two', ['b']), null]])).toBe(true);
    expect(await writeAssets(folder, [one, [source('two', ['b']), files]])).toBe(true);
    expect(presentEntry(manifest(), 'two').file).toBe('two.txt');
    expect(await writeAssets(folder, [one])).toBe(true);
    expect(readdirSync(folder)).not.toContain('two.txt');
  });

  it('leaves out what has no place in a classroom and refuses a document that holds the separator', async () => {
    await writeAssets(folder, [[source('one', ['a', 'a Bastard said']), files]]);
    expect(presentEntry(manifest(), 'one')).toMatchObject({ documents: 1 });
    await expect(writeAssets(folder, [[source('bad', [`a${documentSeparator}b`]), files]])).rejects.toThrow(
      'bad: a document holds U+001E',
    );
  });
});

describe('the sources of the page', () => {
  it('are the five texts, each with its licence and package', () => {
    expect(pageSources.map(({ name }) => name)).toEqual([
      'wordnet',
      'moby-dick',
      'state-of-the-union',
      'song-ci',
      'yuan-qu',
    ]);
    for (const { title, licence, version } of pageSources) expect(title && licence && version).toBeTruthy();
  });
});
