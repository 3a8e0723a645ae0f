/**
 * Decodes ids one by one, as a model makes them, and hands out only complete characters: a hanzi or emoji that comes as
 * several byte tokens appears when its last byte has come. The texts handed out, joined, equal `tokenizer.decode(ids)`.
 */

import { ByteDecoder } from './bytes';
import type { Tokenizer } from './tokenizer';

export class StreamDecoder {
  private readonly bytes = new ByteDecoder();

  constructor(private readonly tokenizer: Tokenizer) {}

  /** Returns the text that is complete now; '' while a character is still open. */
  push(id: number): string {
    return this.tokenizer.decodeInto(id, this.bytes);
  }

  /** Ends the stream: U+FFFD if a character was left open, else ''. */
  flush(): string {
    return this.bytes.flush();
  }
}
