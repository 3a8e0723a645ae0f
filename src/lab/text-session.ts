/**
 * One text being written: a tokenizer, a runtime, and the ids so far. The page's worker and the command line both write
 * through this, so what one shows the other can repeat.
 *
 * Nothing is lost when a run fails: the ids stay, and `recover` may supply another runtime (a reopened device) on which
 * the text goes on from the same token. Sampling depends on seed and position alone, so it goes on as it would have.
 */
import type { SamplingSettings, TokenRecord } from '../model/records';
import type { Explanation, Runtime } from '../model/runtime';
import type { Tokenizer } from '../tokenizer/tokenizer';

export type DoneReason = 'length' | 'end' | 'stopped' | 'context';

export interface Written {
  readonly reason: DoneReason;
  readonly promptTokens: number;
  readonly tokens: number;
  /** From the call to the first token. */
  readonly firstTokenMs: number;
  /** After the first token; null with fewer than two tokens. */
  readonly tokensPerSecond: number | null;
}

export interface PreparedPrompt {
  readonly ids: readonly number[];
  /** Tokens at the start of the prompt that do not fit and were left out; the begin token is kept. */
  readonly dropped: number;
}

/** Given a failure while writing, returns a runtime to go on with, or null when there is none. */
export type Recover = (error: unknown) => Promise<Runtime | null>;

export class TextSession {
  #runtime: Runtime;
  #ids: number[] = [];
  #promptTokens = 0;

  constructor(
    runtime: Runtime,
    readonly tokenizer: Tokenizer,
    private readonly recover: Recover = async () => null,
  ) {
    this.#runtime = runtime;
  }

  get runtime(): Runtime {
    return this.#runtime;
  }

  /** All tokens, the prompt's first. */
  get ids(): readonly number[] {
    return this.#ids;
  }

  /** Encodes a prompt and cuts it to what the context holds beside `length` tokens to be written (at most half of it). */
  prepare(text: string, length: number): PreparedPrompt {
    const { tokenizer } = this;
    const ids = tokenizer.encodePrompt(text);
    const context = this.#runtime.config.max_position_embeddings;
    const room = context - Math.min(length, Math.floor(context / 2));
    if (ids.length <= room) return { ids: [...ids], dropped: 0 };
    const hasBegin = ids[0] === tokenizer.special.begin;
    const kept = [...(hasBegin ? [ids[0] ?? 0] : []), ...ids.slice(ids.length - room + (hasBegin ? 1 : 0))];
    return { ids: kept, dropped: ids.length - kept.length };
  }

  /** Forgets the text and takes the prompt's ids as its beginning. */
  begin(prompt: PreparedPrompt): void {
    this.#ids = [...prompt.ids];
    this.#promptTokens = prompt.ids.length;
  }

  /** Keeps the text before `position` and puts another token there. */
  replace(position: number, id: number): void {
    if (!Number.isInteger(position) || position < 1 || position >= this.#ids.length) {
      throw new RangeError(`Position ${position} is not in the text: choose 1 to ${this.#ids.length - 1}.`);
    }
    this.#ids.length = position;
    this.#ids.push(id);
    this.#promptTokens = Math.min(this.#promptTokens, position);
  }

  /**
   * Writes up to `length` tokens after the text so far. Yields each as it arrives and returns how it ended; leave by
   * returning true from `stopped`, which is asked before each token is kept.
   */
  async *write(
    length: number,
    settings: SamplingSettings,
    stopped: () => boolean = () => false,
  ): AsyncGenerator<TokenRecord, Written, void> {
    const begun = performance.now();
    let first = begun;
    let last = begun;
    let count = 0;
    const done = (reason: DoneReason): Written => ({
      reason,
      promptTokens: this.#promptTokens,
      tokens: count,
      firstTokenMs: first - begun,
      tokensPerSecond: count > 1 ? ((count - 1) / (last - first)) * 1000 : null,
    });
    for (;;) {
      try {
        await this.#runtime.start(this.#ids, this.#promptTokens);
        for await (const record of this.#runtime.tokens(length - count, settings)) {
          if (stopped()) return done('stopped');
          this.#ids.push(record.id);
          last = performance.now();
          if (count === 0) first = last;
          count += 1;
          yield record;
          if (record.id === this.#endToken) return done('end');
        }
        return done(count < length ? 'context' : 'length');
      } catch (error) {
        const runtime = await this.recover(error);
        if (!runtime) throw error;
        this.#runtime = runtime;
      }
    }
  }

  /** What the model did when it read the token at `position`. */
  async explain(position: number): Promise<Explanation> {
    const id = this.#ids[position];
    if (id === undefined) {
      throw new RangeError(`Position ${position} is not in the text: choose 0 to ${this.#ids.length - 1}.`);
    }
    // Another text may have used the cache since, or the device may be new: read the text up to here again.
    await this.#runtime.start(this.#ids.slice(0, position + 1), Math.min(this.#promptTokens, position + 1));
    return this.#runtime.explain(position, id);
  }

  /** Goes on with another runtime of the same model (other kernels, another backend); the text stays. */
  use(runtime: Runtime): void {
    this.#runtime = runtime;
  }

  get #endToken(): number | null {
    return this.#runtime.config.eos_token_id ?? this.tokenizer.special.end;
  }
}
