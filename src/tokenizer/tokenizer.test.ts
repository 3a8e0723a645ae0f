import { Tokenizer as Oracle } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleLines } from './sampleText';
import { Tokenizer } from './tokenizer';
import { bytePiece } from './tokenizerJson';
import { trainBpe } from './train';

const json = trainBpe(sampleLines(3000, 1), { vocabularySize: 700, minimumCharacterCount: 200 });
const tokenizer = Tokenizer.parse(json);

/** Every UTF-16 unit alike, so lone surrogates are common; whole characters too. */
const anyString = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 }).map((units) => String.fromCharCode(...units)),
  fc.array(fc.integer({ min: 0xd700, max: 0xe0ff }), { maxLength: 20 }).map((units) => String.fromCharCode(...units)),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ maxLength: 60 }),
  fc.constantFrom('<|end|>', '<0x41>', '<|begin|>x', '▁a ▁', '\0', 'שלום', '\ud800', '\udc00\ud800', '\ufeff'),
);

describe('encode and decode', () => {
  it('give back every JavaScript string, lone surrogates included', () => {
    fc.assert(
      fc.property(anyString, anyString, (a, b) => {
        expect(tokenizer.decode(tokenizer.encode(a + b))).toBe(a + b);
        expect(tokenizer.decode(tokenizer.encode(a + b, { allowSpecial: true, begin: true }))).toBe(
          (a + b).replace(/<\|(begin|end|pad)\|>/g, ''),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('never make a special token of plain text', () => {
    const specials = Object.values(tokenizer.special);
    fc.assert(
      fc.property(anyString, (text) => {
        expect([...tokenizer.encode(text)].filter((id) => specials.includes(id))).toEqual([]);
      }),
      { numRuns: 500 },
    );
    const ids = [...tokenizer.encode('a<|end|>b<|pad|>')];
    expect(ids.some((id) => tokenizer.piece(id).kind === 'special')).toBe(false);
  });

  it('read special tokens where allowed', () => {
    const a = tokenizer.encode('a')[0];
    const { begin, end, pad } = tokenizer.special;
    expect([begin, end, pad]).toEqual([0, 1, 2]);
    expect([...tokenizer.encode('a<|end|><|pad|>a', { allowSpecial: true, begin: true })]).toEqual([
      begin,
      a,
      end,
      pad,
      a,
    ]);
  });

  it('agree with @huggingface/tokenizers on 4,000 lines of English, Chinese, code and emoji', () => {
    const oracle = new Oracle(structuredClone(json) as never, {});
    for (const line of sampleLines(4000, 2)) {
      const theirs = oracle.encode(line, { add_special_tokens: false }).ids;
      expect([...tokenizer.encode(line)], JSON.stringify(line)).toEqual(theirs);
    }
  });

  it('agree with @huggingface/tokenizers on long words, where a heap does the merging', () => {
    const oracle = new Oracle(structuredClone(json) as never, {});
    for (const seed of ['the', 'apples', '找到三个红', '天', 'nan', 'aab']) {
      const word = seed.repeat(90);
      expect([...tokenizer.encode(word)]).toEqual(oracle.encode(word, { add_special_tokens: false }).ids);
    }
  });

  it('agree with @huggingface/tokenizers on special tokens in text', () => {
    const oracle = new Oracle(structuredClone(json) as never, {});
    const text = 'one<|end|><|begin|> two <|pad|';
    expect([...tokenizer.encode(text, { allowSpecial: true })]).toEqual(
      oracle.encode(text, { add_special_tokens: false }).ids,
    );
  });

  it('write a character without a piece as its bytes', () => {
    const pieces = [...tokenizer.encode('鬱\ud800')].map((id) => tokenizer.piece(id));
    expect(pieces.map((piece) => piece.text)).toEqual([0xe9, 0xac, 0xb1, 0xed, 0xa0, 0x80].map(bytePiece));
    expect(pieces.every((piece) => piece.kind === 'byte')).toBe(true);
  });

  it('take 400,000 characters, as text or as one word, where anything quadratic would time out', () => {
    const texts = [
      sampleLines(12_000, 3).join(' ').slice(0, 400_000),
      'a'.repeat(400_000),
      '三个红苹果'.repeat(80_000),
      ' '.repeat(400_000),
    ];
    for (const text of texts) {
      const fresh = Tokenizer.parse(json);
      const ids = fresh.encode(text);
      expect(fresh.decode(ids)).toBe(text);
    }
  });

  it('refuse an id outside the vocabulary', () => {
    expect(() => tokenizer.decode([tokenizer.vocabularySize])).toThrow(
      'Token 700 is not in the vocabulary; its ids are 0 to 699.',
    );
  });
});

describe('parse', () => {
  const broken = (change: (copy: Record<string, Record<string, unknown>>) => void) => {
    const copy = JSON.parse(JSON.stringify(json));
    change(copy);
    return () => Tokenizer.parse(copy, 'my/tokenizer.json');
  };

  it('names the file and the field it cannot read', () => {
    expect(() => Tokenizer.parse(null, 'x.json')).toThrow('x.json: the file is null; an object is needed.');
    expect(() => Tokenizer.parse({}, 'x.json')).toThrow('x.json: model is missing; an object is needed.');
    expect(broken((copy) => Object.assign(copy.model as object, { type: 'Unigram' }))).toThrow(
      'my/tokenizer.json: model.type is "Unigram"; this tokenizer reads only "BPE".',
    );
    expect(broken((copy) => Object.assign(copy.model as object, { merges: [['a', 'zzz']] }))).toThrow(
      'my/tokenizer.json: model.merges[0] needs the piece "azzz", which model.vocab lacks.',
    );
    expect(broken((copy) => Object.assign(copy.model?.vocab as object, { a: 5 }))).toThrow(
      /model\.vocab\[.*\] is 5, which/,
    );
    expect(broken((copy) => Object.assign(copy.model?.vocab as object, { a: 9999 }))).toThrow(
      'is 9999; the ids of 700 pieces',
    );
    const withoutByte = JSON.parse(JSON.stringify(json).replace('"<0x41>":', '"no byte":'));
    expect(() => Tokenizer.parse(withoutByte, 'x.json')).toThrow(
      'x.json: model.byte_fallback needs the piece "<0x41>"',
    );
    expect(broken((copy) => Object.assign(copy, { normalizer: { type: 'NFC' } }))).toThrow(
      'normalizer is {"type":"NFC"}',
    );
    expect(broken((copy) => Object.assign(copy.pre_tokenizer as object, { pattern: { Regex: '(' } }))).toThrow(
      'pre_tokenizer.pattern.Regex is not a regular expression',
    );
  });

  it('survives being written to a file and read again', () => {
    const again = Tokenizer.parse(JSON.parse(JSON.stringify(json)));
    for (const line of sampleLines(100, 4)) expect(again.encode(line)).toEqual(tokenizer.encode(line));
  });
});
