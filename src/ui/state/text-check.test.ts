import { describe, expect, test } from 'vitest';
import { largestFile } from '../../data/corpus/plain-text';
import { checkText, faultIn } from './text-check';

const fault = (bytes: Uint8Array) => faultIn(bytes, () => Promise.resolve());
const utf8 = (text: string) => new TextEncoder().encode(text);

describe('a file that is to be counted', () => {
  test.each(['a', '盘古之神', '\ufeffwith a mark', 'holds \ufffd itself', `${'x'.repeat(999_999)}盘`])(
    'is taken when it is UTF-8: %.12s',
    async (text) => expect(await fault(utf8(text))).toBeNull(),
  );

  test('is refused when nothing stands in it', async () => {
    expect(await fault(new Uint8Array())).toEqual({ kind: 'empty' });
    expect(await fault(utf8(' \n\t\r\n'))).toEqual({ kind: 'empty' });
  });

  test('is refused when it holds a byte of 0, wherever that stands', async () => {
    expect(await fault(utf8('PNG\0'))).toEqual({ kind: 'binary', offset: 3 });
    const late = new Uint8Array(1_500_000).fill(0x61);
    late[1_200_000] = 0;
    expect(await fault(late)).toEqual({ kind: 'binary', offset: 1_200_000 });
    expect(await fault(Uint8Array.of(0xd6, 0xd0, 0))).toEqual({ kind: 'binary', offset: 2 });
  });

  test('names the first bytes that are no UTF-8, and where they stand', async () => {
    // “中文” in GB18030.
    expect(await fault(Uint8Array.of(0x41, 0xd6, 0xd0, 0xce, 0xc4))).toEqual({
      kind: 'encoding',
      offset: 1,
      bytes: [0xd6, 0xd0, 0xce, 0xc4],
    });
    const mended = utf8('\ufeff\ufffd中');
    expect(await fault(Uint8Array.of(...mended, 0xff))).toEqual({ kind: 'encoding', offset: 9, bytes: [0xff] });
  });

  test.each([999_998, 999_999, 1_000_000])('finds them also where a megabyte ends: at %d', async (offset) => {
    const bytes = new Uint8Array(1_000_010).fill(0x61);
    bytes.set([0xe4, 0xb8, 0x61], offset);
    expect(await fault(bytes)).toMatchObject({ kind: 'encoding', offset });
    expect(await fault(bytes.subarray(0, offset + 2))).toMatchObject({ kind: 'encoding', offset });
  });

  test('is not read at all when it is too large', async () => {
    const huge = { size: largestFile + 1 } as Blob;
    expect(await checkText(huge)).toEqual({ kind: 'large', bytes: largestFile + 1 });
  });
});
