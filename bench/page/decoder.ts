/** What the benchmark asks of an engine: greedy decoding, and logits to check it by. */
export interface Decoder {
  /** Logits [V] after the last of `ids`; the cache is filled from nothing. */
  logits(ids: readonly number[]): Promise<Float32Array>;
  /** Forgets the text, reads `prompt`, and returns with all but its last token in the cache and nothing under way. */
  begin(prompt: readonly number[]): Promise<void>;
  /** Decodes `count` tokens, each the most likely after the ones before it; every id has been read when it returns. */
  write(count: number): Promise<number[]>;
  close(): Promise<void>;
}
