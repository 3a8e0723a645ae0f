/**
 * A text file of the user's, from its bytes to one text: UTF-8 without its byte order mark, line ends as "\n".
 * Every refusal is a sentence that names the file, what is wrong with it and what to do.
 */

export const largestFile = 20_000_000;

/** Throws a sentence when the bytes are too many, none, or not UTF-8 text. */
export function readPlainText(bytes: Uint8Array, name: string): string {
  if (bytes.length > largestFile) {
    throw new Error(
      `${name} has ${(bytes.length / 1e6).toFixed(1)} MB; a text may have up to ${largestFile / 1e6} MB: cut it, and drop the part.`,
    );
  }
  const nul = bytes.indexOf(0);
  const broken = firstBrokenByte(bytes);
  if (nul !== -1 && (broken === -1 || nul < broken)) {
    throw new Error(`${name} is no text: byte ${nul} is 0, as in a binary file. Drop a .txt or .md file.`);
  }
  if (broken !== -1) {
    const value = (bytes[broken] as number).toString(16).toUpperCase().padStart(2, '0');
    throw new Error(
      `${name} is not UTF-8 text: byte ${broken} is 0x${value}, where no character can go on. Save the file as UTF-8 and drop it again.`,
    );
  }
  const text = new TextDecoder().decode(bytes).replace(/\r\n?/g, '\n');
  if (text.trim() === '') throw new Error(`${name} is empty: drop a file with text in it.`);
  return text;
}

/** Offset of the first byte that is not UTF-8 (of the Unicode Standard's table 3-7), or −1. A cut character counts at its first byte. */
function firstBrokenByte(bytes: Uint8Array): number {
  let i = 0;
  while (i < bytes.length) {
    const first = bytes[i] as number;
    if (first < 0x80) {
      i += 1;
      continue;
    }
    const length =
      first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
    if (length === 0 || i + length > bytes.length) return i;
    for (let k = 1; k < length; k += 1) {
      const byte = bytes[i + k] as number;
      const lowest = k === 1 && first === 0xe0 ? 0xa0 : k === 1 && first === 0xf0 ? 0x90 : 0x80;
      const highest = k === 1 && first === 0xed ? 0x9f : k === 1 && first === 0xf4 ? 0x8f : 0xbf;
      if (byte < lowest || byte > highest) return i + k;
    }
    i += length;
  }
  return -1;
}
