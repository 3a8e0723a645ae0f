/**
 * How many characters (code points) each id adds to a text: what turns a loss in nats a token into bits a character.
 *
 * A piece adds the characters it holds, the unknown token one, other special tokens none. A character that is spelled in
 * bytes is counted at its first byte, so sums over whole characters are exact whatever the vocabulary.
 */

import type { Tokenizer } from './tokenizer';

export interface CharacterCounts {
  /** By id. */
  readonly characters: Uint16Array;
  /** 1 for a byte that goes on a character another id began. */
  readonly continues: Uint8Array;
}

export function characterCounts(tokenizer: Tokenizer): CharacterCounts {
  const size = tokenizer.vocabularySize;
  const characters = new Uint16Array(size);
  const continues = new Uint8Array(size);
  for (let id = 0; id < size; id += 1) {
    const { text, kind } = tokenizer.piece(id);
    if (kind === 'piece') {
      characters[id] = [...text].length;
    } else if (kind === 'byte') {
      const byte = Number.parseInt(text.slice(3, 5), 16);
      const continuing = byte >= 0x80 && byte < 0xc0;
      characters[id] = continuing ? 0 : 1;
      continues[id] = continuing ? 1 : 0;
    } else {
      characters[id] = id === tokenizer.unknown ? 1 : 0;
    }
  }
  return { characters, continues };
}
