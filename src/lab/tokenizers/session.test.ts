/** A vocabulary from opening to export, as the page and the command line go through it. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { inSlices } from '../../data/corpus/slices';
import { sampleLines } from '../../tokenizer/sampleText';
import { charactersTokenizerJson } from '../../tokenizer/vocabularies';
import { textFiles } from '../run-example';
import { openTokenizerJson, openVocabulary } from './files';
import { Stopped, type VocabularySession } from './session';
import { curveSizes, sizesOf } from './sizes';
import { type CountedSource, textsToCount } from './texts';

const json = JSON.parse(
  readFileSync(new URL('../../../public/models/story-nano/tokenizer.json', import.meta.url), 'utf8'),
);
const open = () => openTokenizerJson(json, 'story-nano');
const documents = sampleLines(300, 8);
const keep = (pieces: number) => ({ method: 'frequency', size: { kind: 'keep', pieces }, zhShare: 0.5 }) as const;
const texts = (source: CountedSource) => textsToCount(source, textFiles, inSlices);

async function counted(): Promise<VocabularySession> {
  const session = open();
  await session.count(documents);
  return session;
}

describe('a vocabulary', () => {
  it('is asked for in order: counted, then pruned, then listed and written', async () => {
    const session = open();
    await expect(session.prune(keep(500))).rejects.toThrow('No text is counted yet');
    expect(() => session.exported()).toThrow('Nothing is pruned yet');
    expect(session.read('a red hat').segments.every(({ broken }) => !broken)).toBe(true);
    const count = await session.count(documents);
    expect(count.nominal[0]?.keep).toBe(session.facts().alwaysKept);
    expect(count.nominal.at(-1)).toMatchObject({ keep: session.facts().size, all: 1 });
    const [report, other] = await session.prune(keep(700));
    expect([report.method, other.method, report.kept, other.kept]).toEqual(['frequency', 'closed', 700, 700]);
    const again = openTokenizerJson(JSON.parse(JSON.stringify(session.exported())), 'again');
    expect(again.facts()).toMatchObject({ size: 700, dead: report.dead });
  });

  it('stops when it is told to, and keeps what was counted before', async () => {
    const session = await counted();
    const before = session.study;
    const long = Array.from({ length: 40 }, (_, seed) => sampleLines(3000, seed).join('\n'));
    await expect(session.count(long, { shouldStop: () => true })).rejects.toThrow(Stopped);
    expect(session.study).toBe(before);
    await expect(session.count(['', ''])).rejects.toThrow('it is empty');
    expect(session.study).toBe(before);
  });

  it('says how far a count is, up to its end', async () => {
    const session = open();
    const long = Array.from({ length: 20 }, (_, seed) => sampleLines(3000, seed).join('\n'));
    const seen: number[] = [];
    await session.count(long, { onProgress: (done, total) => seen.push(done / total) });
    expect(seen.length).toBeGreaterThan(0);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBeLessThanOrEqual(1);
  });

  it('without bytes to fall back on is refused', () => {
    const characters = charactersTokenizerJson('abc', { documentTokens: false, unknown: false });
    expect(() => openTokenizerJson(characters, 'x')).toThrow('no bytes to fall back on');
  });

  it('that cannot be unpacked says so', async () => {
    await expect(openVocabulary(Uint8Array.of(1, 2, 3), 'x.vocabulary')).rejects.toThrow(
      'x.vocabulary cannot be unpacked',
    );
  });
});

describe('a text read with both', () => {
  it('is cut where both end a token, and joined is the text', async () => {
    const session = await counted();
    const [{ kept }] = await session.prune(keep(450));
    const text = 'Anna found three red apples. 小猫找到三个红苹果。🙂 龘\n\n  end';
    const { segments, tokensBefore, tokensAfter, characters } = session.read(text);
    expect(segments.map((segment) => segment.text).join('')).toBe(text);
    expect(characters).toBe([...text].length);
    expect(segments.reduce((sum, { before }) => sum + before.length, 0)).toBe(tokensBefore);
    expect(segments.reduce((sum, { after }) => sum + after.length, 0)).toBe(tokensAfter);
    const left = new Set(session.pruned.kept);
    expect(left.size).toBe(kept);
    const broken = segments.filter((segment) => segment.broken);
    expect(broken.length).toBeGreaterThan(0);
    for (const { before, after } of segments) {
      expect(after.every(({ id }) => left.has(id))).toBe(true);
      // Nothing shorter ends at the same place in both.
      expect(Math.min(before.length, after.length)).toBeGreaterThan(0);
    }
    for (const { before, broken: isBroken } of segments) {
      if (!isBroken) expect(before.every(({ id }) => left.has(id))).toBe(true);
    }
    const known = segments.flatMap(({ before }) => before).find(({ count }) => count > 0);
    expect(known?.rank).toBeGreaterThan(0);
  });
});

describe('the list of pieces', () => {
  it('finds by text, language and length, page by page, with what each is written as', async () => {
    const session = await counted();
    await session.prune(keep(600));
    const filter = { list: 'cut', query: '', language: 'all', length: null, offset: 0, rows: 20 } as const;
    const all = session.list(filter);
    expect(all.total).toBe(session.facts().size - 600);
    expect(all.rows).toHaveLength(20);
    for (const { text, parts } of all.rows)
      if (parts.every((part) => !part.startsWith('<0x'))) expect(parts.join('')).toBe(text);
    const counts = all.rows.map(({ count }) => count);
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
    expect(session.list({ ...filter, offset: 20 }).rows[0]?.id).not.toBe(all.rows[0]?.id);
    const zh = session.list({ ...filter, language: 'zh', length: 2 });
    expect(zh.total).toBeGreaterThan(0);
    expect(zh.rows.every(({ text }) => /[一-鿿]/u.test(text) && [...text].length === 2)).toBe(true);
    const { text = '' } = all.rows[3] ?? {};
    expect(session.list({ ...filter, query: text.toUpperCase() }).rows.map((row) => row.text)).toContain(text);
    const dead = session.list({ ...filter, list: 'dead', rows: 1000 });
    for (const { parts } of dead.rows) expect(parts.length).toBeGreaterThan(1);
  });
});

describe('texts to count', () => {
  it('are stories up to a number of characters, the same every time', async () => {
    const source: CountedSource = { kind: 'storyworld', zhShare: 0.5, characters: 20_000 };
    const first = await texts(source);
    expect(first.reduce((sum, text) => sum + text.length, 0)).toBeGreaterThanOrEqual(20_000);
    expect(await texts(source)).toEqual(first);
  });

  it('are a file in the encoding that is chosen, or a sentence', async () => {
    const file = (bytes: readonly number[], encoding: 'utf-8' | 'gb18030' | 'windows-1252') =>
      texts({ kind: 'file', name: 'my.txt', bytes: Uint8Array.from(bytes), encoding });
    expect(await file([0xd0, 0xa1, 0xc3, 0xa8], 'gb18030')).toEqual(['小猫']);
    expect(await file([0x63, 0x61, 0x66, 0xe9], 'windows-1252')).toEqual(['café']);
    await expect(file([0x63, 0x61, 0x66, 0xe9], 'utf-8')).rejects.toThrow('my.txt is not UTF-8 text: byte 3 is 0xE9');
    await expect(file([0x61, 0x00], 'gb18030')).rejects.toThrow('my.txt is no text: byte 1 is 0');
    await expect(file([0xff, 0xff], 'gb18030')).rejects.toThrow('my.txt is not GB18030 text either');
    await expect(file([], 'utf-8')).rejects.toThrow('my.txt is empty');
    await expect(texts({ kind: 'texts', ids: [] })).rejects.toThrow('No text is chosen');
  });
});

it('sizes are spread over a log axis, with both ends and the usual ones', () => {
  expect(sizesOf(10, 1000, 3)).toEqual([10, 100, 1000]);
  expect(sizesOf(5, 5, 4)).toEqual([5]);
  const sizes = curveSizes({ alwaysKept: 410, size: 92_544 }, 6);
  expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
  expect(sizes).toEqual(expect.arrayContaining([410, 8_000, 16_000, 32_000, 48_000, 72_000, 92_544]));
});
