/**
 * Looks at a file before it is counted: whether it is text, and in which encoding it cannot be. What is wrong comes as plain
 * data; the words for it are the panel's. Bytes are read a megabyte at a time, so that the page does not stop.
 */

import { largestFile } from '../../data/corpus/plain-text';

export type TextFault =
  | { readonly kind: 'large'; readonly bytes: number }
  | { readonly kind: 'empty' }
  /** A byte of 0, which no text has, stands at `offset`. */
  | { readonly kind: 'binary'; readonly offset: number }
  /** `bytes` are the first that are no UTF-8, as many as are worth reading. */
  | { readonly kind: 'encoding'; readonly offset: number; readonly bytes: readonly number[] };

const stride = 1_000_000;
const shownBytes = 4;

/** Null where nothing is wrong. */
export async function checkText(file: Blob): Promise<TextFault | null> {
  if (file.size > largestFile) return { kind: 'large', bytes: file.size };
  return faultIn(new Uint8Array(await file.arrayBuffer()), () => new Promise((next) => setTimeout(next)));
}

/** `breathe` is waited for after each megabyte. */
export async function faultIn(bytes: Uint8Array, breathe: () => Promise<unknown>): Promise<TextFault | null> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let broken: number | null = null;
  let blank = true;
  for (let start = 0; start < bytes.length; start += stride) {
    const part = bytes.subarray(start, start + stride);
    const zero = part.indexOf(0);
    if (zero >= 0) return { kind: 'binary', offset: start + zero };
    blank &&= part.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));
    broken ??= decodes(decoder, part, start + stride >= bytes.length) ? null : brokenFrom(bytes, start);
    await breathe();
  }
  if (blank) return { kind: 'empty' };
  if (broken === null) return null;
  return { kind: 'encoding', offset: broken, bytes: [...bytes.subarray(broken, broken + shownBytes)] };
}

function decodes(decoder: TextDecoder, part: Uint8Array, last: boolean): boolean {
  try {
    decoder.decode(part, { stream: !last });
    return true;
  } catch {
    return false;
  }
}

/** Offset of the first byte that is no UTF-8, where all is right before the character that `start` stands in or behind. */
function brokenFrom(bytes: Uint8Array, start: number): number {
  let from = Math.max(0, start - 1);
  while (from > Math.max(0, start - 4) && ((bytes[from] ?? 0) & 0xc0) === 0x80) from -= 1;
  return from + firstBrokenByte(bytes.subarray(from, start + stride + shownBytes));
}

/** A decoder that forgives puts U+FFFD where a byte is wrong; all before it is right, so its length in bytes is the offset. */
function firstBrokenByte(bytes: Uint8Array): number {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  let offset = 0;
  let from = 0;
  for (let at = text.indexOf('\ufffd'); at >= 0; at = text.indexOf('\ufffd', from)) {
    offset += new TextEncoder().encode(text.slice(from, at)).length;
    // The text may hold that character itself.
    if (bytes[offset] !== 0xef || bytes[offset + 1] !== 0xbf || bytes[offset + 2] !== 0xbd) return offset;
    offset += 3;
    from = at + 1;
  }
  return bytes.length;
}
