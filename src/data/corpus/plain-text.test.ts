import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPlainText } from './plain-text';

const bytesOf = (text: string) => new TextEncoder().encode(text);

describe('readPlainText', () => {
  it('gives back UTF-8 text, its line ends made plain and its byte order mark removed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(!/[\0\r\ufeff]/.test(text) && text.trim() !== '');
        expect(readPlainText(bytesOf(text), 'a.txt')).toBe(text);
      }),
    );
    expect(readPlainText(bytesOf('\ufeffone\r\ntwo\rthree\n'), 'a.txt')).toBe('one\ntwo\nthree\n');
  });

  it('names the first byte that is not UTF-8', () => {
    const place = (bytes: number[]) => {
      try {
        return readPlainText(Uint8Array.from(bytes), 'b.md') && -1;
      } catch (error) {
        return Number(/byte (\d+) is/.exec((error as Error).message)?.[1]);
      }
    };
    expect(place([0x61, 0xff])).toBe(1);
    expect(place([0x61, 0xc3])).toBe(1);
    expect(place([0x61, 0xe7, 0x8c, 0x61])).toBe(3);
    expect(place([0xc0, 0xaf])).toBe(0);
    expect(place([0xed, 0xa0, 0x80])).toBe(1);
    expect(place([0xf4, 0x90, 0x80, 0x80])).toBe(1);
    expect(() => readPlainText(Uint8Array.of(0x61, 0xff), 'b.md')).toThrow(
      'b.md is not UTF-8 text: byte 1 is 0xFF, where no character can go on. Save the file as UTF-8 and drop it again.',
    );
  });

  it('agrees with the platform on which bytes are UTF-8', () => {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const byte = fc.oneof(fc.integer({ min: 1, max: 255 }), fc.constantFrom(0x80, 0xbf, 0xe0, 0xed, 0xf0, 0xf4, 0xc3));
    fc.assert(
      fc.property(fc.array(byte, { minLength: 1, maxLength: 8 }), (list) => {
        const bytes = Uint8Array.from([0x61, ...list]);
        let valid = true;
        try {
          decoder.decode(bytes);
        } catch {
          valid = false;
        }
        if (valid) expect(() => readPlainText(bytes, 'x')).not.toThrow();
        else expect(() => readPlainText(bytes, 'x')).toThrow('is not UTF-8 text');
      }),
      { numRuns: 3000 },
    );
  });

  it('refuses binary, empty and oversized files', () => {
    expect(() => readPlainText(Uint8Array.of(0x89, 0x50, 0), 'p.png')).toThrow('p.png is not UTF-8 text: byte 0');
    expect(() => readPlainText(Uint8Array.of(0x50, 0x4b, 0, 0xff), 'z.zip')).toThrow(
      'z.zip is no text: byte 2 is 0, as in a binary file. Drop a .txt or .md file.',
    );
    expect(() => readPlainText(bytesOf(' \n\t'), 'e.txt')).toThrow('e.txt is empty: drop a file with text in it.');
    expect(() => readPlainText(new Uint8Array(0), 'e.txt')).toThrow('e.txt is empty');
    expect(() => readPlainText(new Uint8Array(20_400_000).fill(0x61), 'l.txt')).toThrow(
      'l.txt has 20.4 MB; a text may have up to 20 MB: cut it, and drop the part.',
    );
  });
});
