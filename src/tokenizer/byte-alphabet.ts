/**
 * Texts and pieces over bytes, as tiktoken's vocabularies have them: one character, U+0000 … U+00FF, stands for each byte, so
 * that a piece that ends in the middle of a hanzi is a string like any other.
 */
import { bytePiece } from './tokenizerJson';

/** The text of a piece for a person: bytes that form no character by their names, "<0xE4>". */
export function readBytes(piece: string): string {
  const bytes = Uint8Array.from(piece, (character) => character.charCodeAt(0));
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let text = '';
  for (let start = 0; start < bytes.length; ) {
    const length = characterAt(bytes, start, decoder);
    text += length > 0 ? decoder.decode(bytes.subarray(start, start + length)) : bytePiece(bytes[start] as number);
    start += Math.max(1, length);
  }
  return text;
}

/** Bytes of the character that begins at `start`, 0 when none does. */
function characterAt(bytes: Uint8Array, start: number, decoder: TextDecoder): number {
  for (let length = 1; length <= 4 && start + length <= bytes.length; length += 1) {
    try {
      decoder.decode(bytes.subarray(start, start + length));
      return length;
    } catch {
      // Not yet a whole character.
    }
  }
  return 0;
}
