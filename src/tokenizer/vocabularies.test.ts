import { Tokenizer as Oracle } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { characterCounts } from './characterCounts';
import { sampleLines } from './sampleText';
import { StreamDecoder } from './streamDecoder';
import { Tokenizer } from './tokenizer';
import { trainBpe } from './train';
import { bytesTokenizerJson, charactersTokenizerJson } from './vocabularies';

const lines = sampleLines(400, 5);
const known = new Set(lines.join(''));
const bare = Tokenizer.parse(charactersTokenizerJson(known, { documentTokens: false, unknown: false }));
const marked = Tokenizer.parse(charactersTokenizerJson(known, { documentTokens: true, unknown: true }));
const bytes = Tokenizer.parse(bytesTokenizerJson({ documentTokens: false }));

describe('a vocabulary of characters', () => {
  it('has exactly the characters of the text, in the order of their code points', () => {
    expect(bare.vocabularySize).toBe(known.size);
    expect(bare.special).toEqual({ begin: null, end: null, pad: null });
    const codePoints = Array.from({ length: known.size }, (_, id) => bare.piece(id).text.codePointAt(0) as number);
    expect(codePoints).toEqual([...codePoints].sort((a, b) => a - b));
    const hello = Tokenizer.parse(charactersTokenizerJson(new Set('hello'), { documentTokens: false, unknown: false }));
    expect(hello.vocabularySize).toBe(4);
  });

  it('writes one id a character and reads it back, digits, emoji and __proto__ included', () => {
    for (const text of [...lines, '0123__proto__']) {
      const ids = bare.encode(text);
      expect(ids.length).toBe([...text].length);
      expect(bare.decode(ids)).toBe(text);
    }
  });

  it('has three marks and the unknown token before the characters when asked', () => {
    expect(marked.vocabularySize).toBe(known.size + 4);
    expect(marked.special).toEqual({ begin: 0, end: 1, pad: 2 });
    expect(marked.unknown).toBe(3);
    expect([...marked.encode('a', { begin: true })]).toEqual([0, marked.encode('a')[0]]);
  });

  it('writes a character it lacks as the unknown token, or leaves it out', () => {
    expect([...marked.encode('a鬱\ud800')].slice(1)).toEqual([3, 3]);
    expect(marked.decode(marked.encode('a鬱b'))).toBe('a\ufffdb');
    expect([...bare.encode('a鬱b')]).toEqual([...bare.encode('ab')]);
    expect([...bare.encode('ab', { begin: true, allowSpecial: true })]).toEqual([...bare.encode('ab')]);
  });

  it('gives a model something to go on from where no begin token does', () => {
    expect([...marked.encodePrompt('')]).toEqual([0]);
    expect([...marked.encodePrompt('a')]).toEqual([0, ...marked.encode('a')]);
    expect(bare.decode(bare.encodePrompt('鬱'))).toBe('\n');
    expect([...bare.encodePrompt('ab')]).toEqual([...bare.encode('ab')]);
    const letters = Tokenizer.parse(charactersTokenizerJson(['b', 'a'], { documentTokens: false, unknown: false }));
    expect([...letters.encodePrompt('')]).toEqual([0]);
  });

  it('is read by @huggingface/tokenizers with the same ids', () => {
    const json = charactersTokenizerJson(known, { documentTokens: true, unknown: true });
    const oracle = new Oracle(structuredClone(json) as never, {});
    for (const line of [...lines, 'a鬱b 鬱鬱']) {
      expect([...marked.encode(line)]).toEqual(oracle.encode(line, { add_special_tokens: false }).ids);
    }
  });

  it('is refused, with the field, where others would read it differently', () => {
    const json = charactersTokenizerJson(known, { documentTokens: false, unknown: true });
    const changed = (model: object) => () => Tokenizer.parse({ ...json, model: { ...json.model, ...model } }, 'x.json');
    expect(changed({ fuse_unk: true })).toThrow('x.json: model.fuse_unk is true; this tokenizer reads only false.');
    expect(changed({ unk_token: '<unk>' })).toThrow('x.json: model.unk_token needs the piece "<unk>"');
    expect(changed({ unk_token: 3 })).toThrow('x.json: model.unk_token is 3; a text or null is needed.');
  });

  it('survives a file', () => {
    const json = charactersTokenizerJson(known, { documentTokens: false, unknown: false });
    const again = Tokenizer.parse(JSON.parse(JSON.stringify(json)));
    for (const line of lines) expect(again.encode(line)).toEqual(bare.encode(line));
  });
});

describe('a vocabulary of bytes', () => {
  it('has 256 ids, or 259 with marks, and is lossless', () => {
    expect(bytes.vocabularySize).toBe(256);
    expect(Tokenizer.parse(bytesTokenizerJson({ documentTokens: true })).vocabularySize).toBe(259);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const ids = bytes.encode(text);
        expect(bytes.decode(ids)).toBe(text);
        const stream = new StreamDecoder(bytes);
        expect([...ids].map((id) => stream.push(id)).join('') + stream.flush()).toBe(text);
      }),
    );
    expect([...bytes.encode('Aé')]).toEqual([0x41, 0xc3, 0xa9]);
  });

  it('is read by @huggingface/tokenizers with the same ids', () => {
    const oracle = new Oracle(structuredClone(bytesTokenizerJson({ documentTokens: false })) as never, {});
    for (const line of lines) {
      expect([...bytes.encode(line)]).toEqual(oracle.encode(line, { add_special_tokens: false }).ids);
    }
  });
});

describe('characterCounts', () => {
  const bpe = Tokenizer.parse(trainBpe(lines, { vocabularySize: 600, minimumCharacterCount: 40 }));
  it.each([
    ['characters', marked],
    ['bytes', bytes],
    ['a BPE with bytes', bpe],
  ])('sums to the code points of any text: %s', (_, tokenizer) => {
    const { characters } = characterCounts(tokenizer);
    const text = fc.oneof(fc.constantFrom(...lines), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(text, (line) => {
        let sum = 0;
        for (const id of tokenizer.encode(line, { begin: true })) sum += characters[id] as number;
        expect(sum).toBe([...line].length);
      }),
    );
  });

  it('marks the bytes that go on a character', () => {
    const { continues } = characterCounts(bytes);
    expect([...bytes.encode('aé猫')].map((id) => continues[id])).toEqual([0, 0, 1, 0, 1, 1]);
    expect(characterCounts(marked).continues.every((value) => value === 0)).toBe(true);
  });
});
