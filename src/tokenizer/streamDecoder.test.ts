import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteDecoder } from './bytes';
import { sampleLines } from './sampleText';
import { StreamDecoder } from './streamDecoder';
import { Tokenizer } from './tokenizer';
import { trainBpe } from './train';

const tokenizer = Tokenizer.parse(trainBpe(sampleLines(500, 1), { vocabularySize: 400 }));

describe('StreamDecoder', () => {
  it('hands out a character when its last byte has come', () => {
    const stream = new StreamDecoder(tokenizer);
    const ids = [...tokenizer.encode('😺')];
    expect(ids).toHaveLength(4);
    expect(ids.map((id) => stream.push(id))).toEqual(['', '', '', '😺']);
    expect(stream.flush()).toBe('');
  });

  it('joins to the same text as decode, whatever the ids', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: tokenizer.vocabularySize - 1 })), (ids) => {
        const stream = new StreamDecoder(tokenizer);
        const text = ids.map((id) => stream.push(id)).join('') + stream.flush();
        expect(text).toBe(tokenizer.decode(ids));
      }),
    );
  });

  it('replaces an open character at the end and before a piece', () => {
    const stream = new StreamDecoder(tokenizer);
    const [first] = tokenizer.encode('😺');
    const [a] = tokenizer.encode('a');
    expect(stream.push(first as number) + stream.push(a as number)).toBe('\ufffda');
    expect(stream.push(first as number) + stream.flush() + stream.flush()).toBe('\ufffd');
  });
});

describe('ByteDecoder', () => {
  it('reads bytes as TextDecoder does, wherever no surrogate is spelled', () => {
    const reference = new TextDecoder('utf-8', { ignoreBOM: true });
    const edges = [
      0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff,
    ];
    const bytes = fc.array(fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(...edges)), { maxLength: 24 });
    fc.assert(
      fc.property(bytes, (list) => {
        fc.pre(!list.some((byte, i) => byte === 0xed && (list[i + 1] ?? 0) >= 0xa0 && (list[i + 1] ?? 0) <= 0xbf));
        const decoder = new ByteDecoder();
        const text = list.map((byte) => decoder.push(byte)).join('') + decoder.flush();
        expect(text).toBe(reference.decode(Uint8Array.from(list)));
      }),
      { numRuns: 3000 },
    );
  });
});
