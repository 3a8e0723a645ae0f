import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cleanProse,
  documentLimit,
  isHeldOut,
  isSuitable,
  novelParagraphs,
  packParagraphs,
  poemLines,
  speechParagraphs,
  textHash,
  usageExamples,
} from './index';

describe('packParagraphs', () => {
  it('keeps every character but white space, in order, within the limit', () => {
    const paragraph = fc
      .array(fc.constantFrom('word', ' ', '. ', '!” ', '明月几时有', '。', '🙂'), { maxLength: 60 })
      .map((p) => p.join(''));
    fc.assert(
      fc.property(fc.array(paragraph), fc.integer({ min: 10, max: 80 }), (paragraphs, limit) => {
        const texts = packParagraphs(paragraphs, limit);
        for (const text of texts) {
          expect(text.length).toBeLessThanOrEqual(limit);
          expect(text).not.toMatch(/\p{Cs}/u);
        }
        expect(texts.join('').replace(/\s/g, '')).toBe(paragraphs.join('').replace(/\s/g, ''));
      }),
    );
  });

  it('splits a long paragraph behind a sentence', () => {
    const texts = packParagraphs(['One two three. “Four five!” Six seven eight nine.'], 30);
    expect(texts).toEqual(['One two three. “Four five!”', 'Six seven eight nine.']);
    expect(packParagraphs(['明月几时有？把酒问青天。不知天上宫阙，今夕是何年。'], 13)).toEqual([
      '明月几时有？把酒问青天。',
      '不知天上宫阙，今夕是何年。',
    ]);
  });

  it('packs short paragraphs together, one a line', () => {
    expect(packParagraphs(['a', '', ' b ', 'c'], documentLimit)).toEqual(['a\nb\nc']);
  });
});

describe('held-out split', () => {
  it('holds out about the share asked for, by the text alone', () => {
    const texts = Array.from({ length: 20_000 }, (_, i) => `document ${i}`);
    const held = texts.filter((text) => isHeldOut(text, 0.02));
    // Binomial: mean 400, standard deviation 20; five of them.
    expect(Math.abs(held.length - 400)).toBeLessThan(100);
    expect(held.every((text) => isHeldOut(text, 0.05))).toBe(true);
    expect(textHash('document 1')).not.toBe(textHash('document 2'));
  });
});

describe('cleaning', () => {
  it('unwraps a novel and drops its headings', () => {
    const text =
      'CHAPTER 1. Loomings.\n\nCall me _Ishmael_. Some years\nago—never mind.\n\n* * *\n\nVOLUME II\n\nThere now\r\nis your city.';
    expect(novelParagraphs(text)).toEqual(['Call me Ishmael. Some years ago—never mind.', 'There now is your city.']);
    expect(cleanProse('a\u00a0 b\t[Illustration: x]')).toBe('a b');
  });

  it('takes a speech line by line', () => {
    expect(speechParagraphs('Fellow-Citizens of the Senate:\n\nThank you.\nI meet you again today.')).toEqual([
      'Fellow-Citizens of the Senate:',
      'I meet you again today.',
    ]);
  });

  it('makes sentences of WordNet examples', () => {
    const file = [
      '  1 This software and database is "being provided to you" | x',
      '00002684 03 n 02 object 0 | a tangible entity; "it was full of rackets, balls and other objects"; "an object"; "is it?" ',
    ].join('\n');
    expect(usageExamples(file)).toEqual(['It was full of rackets, balls and other objects.']);
    expect(usageExamples('1 n | gloss; "how did you know?"')).toEqual(['How did you know?']);
  });

  it('sets a poem under its tune and leaves out what is damaged', () => {
    expect(
      poemLines({ rhythmic: '水调歌头', paragraphs: ['明月几时有，把酒问青天。', '不知天上宫阙（què）,今夕是何年。'] }),
    ).toEqual(['水调歌头', '明月几时有，把酒问青天。', '不知天上宫阙，今夕是何年。']);
    expect(poemLines({ title: '卖花声煞・悬河', paragraphs: ['书万卷撑肠稳支', '椽，有感幽怀！。'] })).toEqual([
      '卖花声煞·悬河',
      '书万卷撑肠稳支椽，有感幽怀！',
    ]);
    expect(poemLines({ rhythmic: '调', paragraphs: ['□□□□有，把酒问青天。', '不知天上。'] })).toEqual([]);
  });

  it('drops documents with crude words, not words that only contain them', () => {
    expect(isSuitable('He grew the grapes in Scunthorpe.')).toBe(true);
    expect(isSuitable('a Bastard said')).toBe(false);
  });
});
