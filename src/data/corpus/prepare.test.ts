import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Tokenizer } from '../../tokenizer/tokenizer';
import { BatchStream, HeldOutWindows } from '../batches';
import { type DataChoice, type DataFiles, prepareData, Stopped } from './index';
import { documentSeparator, readCorpusManifest } from './manifest';

const base = { content: 'a text', licence: 'public domain', package: 'p', version: '1.0.0' };
const manifest = readCorpusManifest(
  {
    version: 1,
    corpora: [
      {
        ...base,
        id: 'one',
        language: 'en',
        title: 'One',
        file: 'one.txt',
        licenceFile: 'one.licence',
        documents: 300,
        characters: 1,
        bytes: 1,
      },
      {
        ...base,
        id: 'two',
        language: 'zh',
        title: 'Two',
        file: 'two.txt',
        licenceFile: 'two.licence',
        documents: 300,
        characters: 1,
        bytes: 1,
      },
      { ...base, id: 'verse', language: 'zh', title: 'Song lyrics', missing: 'npm run corpora' },
    ],
  },
  'manifest.json',
);
const numbered = (make: (i: number) => string) =>
  Array.from({ length: 300 }, (_, i) => make(i)).join(documentSeparator);
const corpora: Record<string, string> = {
  'one.txt': numbered((i) => `The fox number ${i} ran away.`),
  'two.txt': numbered((i) => `第${i}只狐狸跑了。`),
};
const play = 'First Citizen:\nBefore we proceed any further, hear me speak.\n\nAll:\nSpeak, speak.\n\n'.repeat(120);

const files: DataFiles = {
  manifest: async () => manifest,
  corpus: async (file) => corpora[file] as string,
  given: async () => new TextEncoder().encode(play),
  tokenizer: async (id) =>
    JSON.parse(readFileSync(new URL(`../../../public/models/${id}/tokenizer.json`, import.meta.url), 'utf8')),
};

const choice = (changes: Partial<DataChoice>): DataChoice => ({
  corpus: { kind: 'texts', ids: ['one', 'two'] },
  split: 'hash',
  vocabulary: { kind: 'bytes' },
  seed: 1,
  heldOutTokens: 3000,
  ...changes,
});
const file = { kind: 'file', name: 'play.txt' } as const;

describe('prepareData', () => {
  it('has exactly the characters of a file whose tail is held out, and its text unchanged', async () => {
    const data = await prepareData(choice({ corpus: file, split: 'tail', vocabulary: { kind: 'characters' } }), files);
    expect(data.tokenizer.vocabularySize).toBe(new Set(play).size);
    expect(data.tokenizer.special.begin).toBeNull();
    const train = data.tokenizer.decode(data.train.segment(0));
    const heldOut = data.tokenizer.decode(data.heldOut.ids);
    expect(train + heldOut).toBe(play);
    expect(train).toHaveLength(Math.floor(play.length * 0.9));
    expect(data.counts.train).toMatchObject({
      documents: 1,
      tokens: train.length,
      characters: train.length,
      unknown: 0,
    });
    // A token a character: bits a character are bits a token.
    const windows = new HeldOutWindows(data.heldOut, { context: 64, limit: 1e9 });
    expect(windows.tokens).toBe(heldOut.length - 1);
    expect(windows.characters).toBe(windows.tokens);
  });

  it('has an unknown token for a character that only held-out text has', async () => {
    const text = `${'abc '.repeat(100)}é`;
    const odd = { ...files, given: async () => new TextEncoder().encode(text) };
    const data = await prepareData(choice({ corpus: file, split: 'tail', vocabulary: { kind: 'characters' } }), odd);
    expect(data.tokenizer.vocabularySize).toBe(5);
    expect(data.counts.heldOut.unknown).toBe(1);
    expect(new HeldOutWindows(data.heldOut, { context: 8, limit: 1e9 }).characters).toBe(
      data.counts.heldOut.characters - 1,
    );
  });

  it.each([
    { kind: 'bytes' },
    { kind: 'characters' },
    { kind: 'bpe', size: 400 },
    { kind: 'shipped', id: 'text-mini' },
    { kind: 'pruned', from: 'text-mini', size: 300, method: 'frequency' },
  ] as const)('reads every document whole, marked, in $kind', async (vocabulary) => {
    const data = await prepareData(choice({ vocabulary }), files);
    const { begin, end } = data.tokenizer.special;
    const documents = new Set(Object.values(corpora).flatMap((content) => content.split(documentSeparator)));
    let trained = 0;
    for (const ids of splitAt(data.train.segment(0), begin)) {
      expect(ids.at(-1)).toBe(end);
      expect(documents.delete(data.tokenizer.decode(ids))).toBe(true);
      trained += 1;
    }
    expect(trained).toBe(data.counts.train?.documents);
    data.heldOut.starts.forEach((start, i) => {
      const ids = data.heldOut.ids.slice(start, data.heldOut.starts[i + 1]);
      const text = data.tokenizer.decode(ids);
      // A digit may occur in held-out text alone: then it reads as unknown.
      if (!text.includes('\ufffd')) expect(documents.delete(text)).toBe(true);
    });
    expect(documents.size).toBe(data.counts.heldOut.unknown === 0 ? 0 : documents.size);
    const windows = new HeldOutWindows(data.heldOut, { context: 32, limit: 1e9 });
    expect(windows.characters).toBe(data.counts.heldOut.characters);
    expect(data.tokenizer.vocabularySize).toBe(
      Tokenizer.parse(JSON.parse(JSON.stringify(data.tokenizerJson))).vocabularySize,
    );
  });

  it('names the same data alike, other data otherwise', async () => {
    const hash = async (changes: Partial<DataChoice>) => (await prepareData(choice(changes), files)).dataHash;
    const hashes = [
      await hash({}),
      await hash({ split: 'tail' }),
      await hash({ vocabulary: { kind: 'characters' } }),
      await hash({ corpus: { kind: 'texts', ids: ['one'] } }),
      await hash({ corpus: file }),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(await hash({ seed: 2 })).toBe(hashes[0]);
  });

  it.each([{ kind: 'characters' }, { kind: 'bpe', size: 1024 }, { kind: 'shipped', id: 'story-nano' }] as const)(
    'tells stories in $kind, with their floor',
    async (vocabulary) => {
      const stages = new Set<string>();
      const data = await prepareData(choice({ corpus: { kind: 'storyworld', zhShare: 0.5 }, vocabulary }), files, {
        onProgress: (stage, share) => {
          stages.add(stage);
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1);
        },
      });
      expect(data.counts.train).toBeNull();
      // The floor of 2,000 documents is 0.234.
      const { value, standardError } = data.floor?.bitsPerCharacter ?? { value: 0, standardError: 0 };
      expect(Math.abs(value - 0.234)).toBeLessThan(4 * standardError);
      // Ten documents at least.
      expect(standardError).toBeLessThan(0.08);
      expect(data.counts.heldOut.unknown / data.counts.heldOut.characters).toBeLessThan(0.001);
      const batch = new BatchStream(data.train, { seed: 1, order: 'stream' }).next({ batch: 2, context: 64 });
      expect(Math.max(...batch.ids)).toBeLessThan(data.tokenizer.vocabularySize);
      if (vocabulary.kind !== 'shipped') expect(stages).toContain('read');
    },
  );

  it('stops when asked to', async () => {
    const stopped = prepareData(
      choice({ corpus: { kind: 'storyworld', zhShare: 0 }, vocabulary: { kind: 'bpe', size: 512 } }),
      files,
      {
        shouldStop: () => true,
      },
    );
    await expect(stopped).rejects.toBeInstanceOf(Stopped);
  });

  it('says what is missing and how to get it', async () => {
    const missing = (ids: string[]) => prepareData(choice({ corpus: { kind: 'texts', ids } }), files);
    await expect(missing(['verse'])).rejects.toThrow(
      'Song lyrics is not among the files of this page: fetch it once with "npm run corpora", then reload.',
    );
    await expect(missing(['three'])).rejects.toThrow('There is no text "three": choose one of one, two, verse.');
    expect(() => readCorpusManifest({}, 'm.json')).toThrow('m.json is not a list of texts of version 1');
  });
});

function splitAt(ids: ArrayLike<number>, begin: number | null): number[][] {
  const documents: number[][] = [];
  for (let i = 0; i < ids.length; i += 1) {
    if (ids[i] === begin) documents.push([]);
    documents.at(-1)?.push(ids[i] as number);
  }
  return documents;
}
