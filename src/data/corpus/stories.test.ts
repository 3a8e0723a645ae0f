import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Tokenizer } from '../../tokenizer/tokenizer';
import { bytesTokenizerJson } from '../../tokenizer/vocabularies';
import { BatchStream, HeldOutWindows } from '../batches';
import { storyDocument } from '../storyworld';
import { floorOf } from './floor';
import { inSlices } from './slices';
import { heldOutStories, storyHash, storySource } from './stories';

const shipped = 'public/models/story-micro';
const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../${shipped}/${name}`, import.meta.url), 'utf8'));
const tokenizer = Tokenizer.parse(read('tokenizer.json'));

describe('StoryWorld as a source', () => {
  it('gives document i as segment i: begin, text, end', () => {
    const source = storySource(tokenizer, 5, 0.5);
    for (const index of [0, 7, 3]) {
      const ids = [...source.segment(index)];
      expect(ids[0]).toBe(tokenizer.special.begin);
      expect(ids.at(-1)).toBe(tokenizer.special.end);
      expect(tokenizer.decode(ids)).toBe(storyDocument(5, index, { zh: 0.5 }).text);
    }
    expect(source.tokens).toBeNull();
  });

  it('fills batches for any step without those before it', () => {
    const stream = new BatchStream(storySource(tokenizer, 5, 0.5), { seed: 5, order: 'random' });
    const shape = { batch: 4, context: 96 };
    for (let step = 0; step < 9; step += 1) stream.next(shape);
    const { position } = stream;
    const expected = stream.next(shape);
    const again = new BatchStream(storySource(tokenizer, 5, 0.5), { seed: 5, order: 'stream', position });
    expect(again.next(shape)).toEqual(expected);
    expect(position.segment).toBeGreaterThan(10);
  });

  it('needs a vocabulary that marks documents', () => {
    const bare = Tokenizer.parse(bytesTokenizerJson({ documentTokens: false }));
    expect(() => storySource(bare, 1, 0.5)).toThrow('StoryWorld needs a vocabulary that marks');
  });

  it('has a name for its data that seed, mixture and vocabulary change', async () => {
    const bytes = Tokenizer.parse(bytesTokenizerJson({ documentTokens: true }));
    const name = async (vocabulary: Tokenizer, seed: number, zhShare: number) => {
      const { text } = await inSlices(heldOutStories(vocabulary, zhShare, 2000));
      return storyHash(storySource(vocabulary, seed, zhShare), text);
    };
    const names = [await name(tokenizer, 1, 0.5), await name(tokenizer, 2, 0.5), await name(tokenizer, 1, 0.4)];
    names.push(await name(bytes, 1, 0.5));
    expect(new Set(names).size).toBe(4);
    expect(await name(tokenizer, 1, 0.5)).toBe(names[0]);
  });
});

describe('the floor', () => {
  it('is the one the shipped model was measured against, on the same documents', async () => {
    const { heldOut } = read('training.json');
    const { floor, documents, characters, text } = await inSlices(heldOutStories(tokenizer, 0.5, heldOut.tokens));
    expect(documents).toBe(heldOut.documents);
    expect(characters).toBe(heldOut.characters);
    expect(text.ids.length - documents).toBe(heldOut.tokens);
    expect(floor.natsPerToken.value).toBeCloseTo(heldOut.floorNatsPerToken, 5);
    expect(floor.bitsPerCharacter.value).toBeCloseTo(0.234, 3);
    expect(floor.n).toBe(heldOut.documents);
    // 2,000 documents, half of them Chinese with nearly three times the bits a character: known to about one percent.
    expect(floor.bitsPerCharacter.standardError).toBeGreaterThan(0.001);
    expect(floor.bitsPerCharacter.standardError).toBeLessThan(0.004);
  });

  it('counts the tokens and characters that the held-out windows score', async () => {
    const { floor, text, characters } = await inSlices(heldOutStories(tokenizer, 0.2, 8000));
    const windows = new HeldOutWindows(text, { context: 256, limit: 8000 });
    expect(windows.characters).toBe(characters);
    expect(windows.documents).toBe(floor.n);
    const nats = floor.natsPerToken.value * windows.tokens;
    expect(nats / Math.LN2 / windows.characters).toBeCloseTo(floor.bitsPerCharacter.value, 10);
  });

  it('has the standard error of a ratio: that of a mean where all sizes are equal', () => {
    const rows = [1, 2, 3, 6].map((nats) => ({ nats, tokens: 2, characters: 4 }));
    const { natsPerToken, bitsPerCharacter } = floorOf(rows);
    // Mean 3, standard deviation sqrt(14/3), over 2 tokens.
    expect(natsPerToken.value).toBeCloseTo(1.5, 12);
    expect(natsPerToken.standardError).toBeCloseTo(Math.sqrt(14 / 3 / 4) / 2, 12);
    expect(bitsPerCharacter.value).toBeCloseTo(0.75 / Math.LN2, 12);
    expect(floorOf(rows.slice(0, 1)).natsPerToken.standardError).toBe(0);
  });

  it('falls within its errors of another sample of the same source', () => {
    const sample = (from: number) =>
      floorOf(
        Array.from({ length: 400 }, (_, i) => {
          const { text, logProbability } = storyDocument(3, from + i, { zh: 0.3 });
          return { nats: -logProbability, tokens: text.length, characters: text.length };
        }),
      ).bitsPerCharacter;
    const [a, b] = [sample(0), sample(400)];
    expect(Math.abs(a.value - b.value)).toBeLessThan(4 * Math.hypot(a.standardError, b.standardError));
  });
});
