import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { fnv1a } from '../../graph/hash';
import { Formation } from '../../tokenizer/prune/formation';
import { alwaysKept } from '../../tokenizer/prune/order';
import { pruneVocabulary } from '../../tokenizer/prune/pruned';
import { Tokenizer } from '../../tokenizer/tokenizer';
import { HeldOutWindows } from '../batches';
import { type CorpusChoice, heldOutUnit, type PruningMethod, pruningMethods } from './choice';
import { type DataFiles, prepareData, Stopped } from './index';
import { inSlices } from './slices';
import { heldOutStories } from './stories';
import { makeVocabulary, storiesToLearn, type Vocabulary } from './vocabulary';

const whole: unknown = JSON.parse(
  readFileSync(new URL('../../../public/models/story-nano/tokenizer.json', import.meta.url), 'utf8'),
);
const { tables } = Tokenizer.parse(whole, 'story-nano');

const text = 'Tom and Ann sold a red boat. 汤姆买了一只红色的小船。'.repeat(40);
const files: DataFiles = {
  manifest: () => Promise.reject(new Error('No manifest is read.')),
  corpus: () => Promise.reject(new Error('No text of the page is read.')),
  given: async () => new TextEncoder().encode(text),
  tokenizer: async (id) => {
    expect(id).toBe('story-nano');
    return whole;
  },
};

const vocabularyOf = (size: number, method: PruningMethod) =>
  ({ kind: 'pruned', from: 'story-nano', size, method }) as const;

function prepared(size: number, method: PruningMethod, corpus: CorpusChoice) {
  const vocabulary = vocabularyOf(size, method);
  return prepareData({ corpus, split: 'tail', vocabulary, seed: 1, heldOutTokens: 2000 }, files);
}

const sizes = [259, 300, 700, 1536] as const;
const stories = new Map<string, Vocabulary>();

beforeAll(async () => {
  const sample = await inSlices(storiesToLearn(0.5));
  for (const size of sizes) {
    for (const method of pruningMethods) {
      const made = await inSlices(makeVocabulary(vocabularyOf(size, method), sample, true, whole));
      stories.set(`${size} ${method}`, made);
    }
  }
}, 60_000);

const of = (size: number, method: PruningMethod) => stories.get(`${size} ${method}`) as Vocabulary;

describe.each(pruningMethods)('a tokenizer that is pruned by %s', (method) => {
  it.each(sizes)('to %i has so many pieces, special tokens among them, and its file has the same', (size) => {
    const { tokenizer, json } = of(size, method);
    expect(tokenizer.vocabularySize).toBe(size);
    expect(Object.values(tokenizer.special)).not.toContain(null);
    const again = Tokenizer.parse(JSON.parse(JSON.stringify(json)), 'again');
    expect(again.tables.pieces).toEqual(tokenizer.tables.pieces);
    expect([...again.encode(text)]).toEqual([...tokenizer.encode(text)]);
  });

  it.each(sizes)('to %i writes every text and reads it back', (size) => {
    const { tokenizer } = of(size, method);
    for (const each of [text, 'Ω≈ç√ 🐉 龘\r\n\tx  y', '']) expect(tokenizer.decode(tokenizer.encode(each))).toBe(each);
  });

  it.each(sizes)('to %i is what the tables of the tokenizer come to', (size) => {
    const { tokenizer } = of(size, method);
    const left = new Set(tokenizer.tables.pieces);
    const kept = Int32Array.from([...tables.pieces.keys()].filter((id) => left.has(tables.pieces[id] as string)));
    expect(kept).toHaveLength(size);
    const alike = pruneVocabulary(tables, kept).tokenizer;
    expect([...alike.encode(text)]).toEqual([...tokenizer.encode(text)]);
  });

  it('has the pieces of every smaller size', () => {
    const [first, ...others] = sizes.map((size) => new Set(of(size, method).tokenizer.tables.pieces));
    let smaller = first as Set<string>;
    for (const larger of others) {
      expect([...smaller].filter((piece) => !larger.has(piece))).toEqual([]);
      smaller = larger;
    }
  });

  it('writes the same text in fewer tokens the larger it is', () => {
    const lengths = sizes.map((size) => of(size, method).tokenizer.encode(text).length);
    expect(lengths).toEqual(lengths.toSorted((a, b) => b - a));
  });
});

describe('the two ways of pruning', () => {
  const dead = (size: number, method: PruningMethod) => new Formation(of(size, method).tokenizer).dead().length;

  it('are one at the pieces that always stay and at all of them', () => {
    expect(alwaysKept(tables).reduce((sum, one) => sum + one, 0)).toBe(259);
    for (const size of [259, 1536]) expect(of(size, 'closed').json).toEqual(of(size, 'frequency').json);
    for (const size of [300, 700]) expect(of(size, 'closed').json).not.toEqual(of(size, 'frequency').json);
  });

  it('keep the pieces that public/runs/experiments/pruned-vocabulary.json was made with', () => {
    const hashes = pruningMethods.map((method) => fnv1a(of(700, method).tokenizer.tables.pieces.join('\0')));
    expect(hashes).toEqual([1041995652, 1263956451]);
  });

  it('differ in pieces that no text forms: by frequency they stay, closed has none', () => {
    for (const size of sizes) expect(dead(size, 'closed')).toBe(0);
    expect(dead(300, 'frequency')).toBeGreaterThan(10);
    expect(dead(700, 'frequency')).toBeGreaterThan(100);
    expect(of(700, 'closed').tokenizer.encode(text).length).toBeLessThan(
      of(700, 'frequency').tokenizer.encode(text).length,
    );
  });
});

describe('held-out stories', () => {
  it('are the same, to the character, whatever the size and the way', async () => {
    const unit = heldOutUnit(vocabularyOf(300, 'closed'));
    const told = new Set<string>();
    for (const { tokenizer } of stories.values()) {
      const { text, characters, documents, floor } = await inSlices(heldOutStories(tokenizer, 0.5, 2000, unit));
      told.add(JSON.stringify([tokenizer.decode(text.ids), characters, documents, floor.bitsPerCharacter]));
      expect(characters).toBeLessThanOrEqual(2000);
      const windows = new HeldOutWindows(text, { context: 32, limit: 2000, unit });
      expect(windows).toMatchObject({ characters, documents, tokens: text.ids.length - documents });
    }
    expect(told.size).toBe(1);
  });
});

describe('a pruned tokenizer of a file', () => {
  const file = { kind: 'file', name: 'mine.txt' } as const;

  it('names the same choice alike, another one otherwise', async () => {
    const hashes = [300, 300, 310].map(async (size) => (await prepared(size, 'closed', file)).dataHash);
    const [first, again, other] = await Promise.all(hashes);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it('keeps what that text needs', async () => {
    const { tokenizer, counts } = await prepared(300, 'closed', file);
    expect(tokenizer.tables.pieces).toContain('船');
    expect(counts.train?.characters).toBeGreaterThan(1000);
  });

  it('says which sizes there are', async () => {
    await expect(prepared(258, 'closed', file)).rejects.toThrow(
      '259 pieces of the tokenizer of story-nano always stay, 258 are wanted: choose at least 259.',
    );
    await expect(prepared(1537, 'frequency', file)).rejects.toThrow(
      'The tokenizer of story-nano has 1536 pieces, 1537 are wanted: choose at most 1536.',
    );
  });

  it('stops when asked to, and tells how far it is', async () => {
    const shares: number[] = [];
    const choice = {
      corpus: { kind: 'storyworld', zhShare: 1 },
      split: 'hash',
      vocabulary: vocabularyOf(300, 'closed'),
      seed: 1,
      heldOutTokens: 500,
    } as const;
    const onProgress = (stage: string, share: number) => void (stage === 'vocabulary' && shares.push(share));
    await prepareData(choice, files, { onProgress });
    expect(shares.length).toBeGreaterThan(1);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    await expect(prepareData(choice, files, { shouldStop: () => true })).rejects.toBeInstanceOf(Stopped);
  });
});
