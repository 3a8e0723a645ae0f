/**
 * Training batches, a function of seed and position alone: the same seed gives the same batches on every machine, and a
 * stream that is opened at a kept position goes on exactly as if it had never stopped.
 *
 * `random`: each row is a window that begins anywhere in a finite text; its place comes from threefry with the key (seed,
 * salt) and the counter (batch, row), as nanoGPT draws its windows. `stream`: rows follow each other through the source
 * without a gap, row after row and batch after batch; the last token of a row is a target there and the first id of the next.
 * Text that never ends is always streamed.
 *
 * A begin token is never a target: it is given, not predicted. With a prefix mask of P tokens the first P tokens of a row
 * see each other, so of them none is a target either; the first that counts is token P, predicted at position P − 1.
 * B, T and P may change from batch to batch.
 */

import { notCounted } from '../../gpu/kernels/cross-entropy/shape';
import { orderOf } from '../../gpu/kernels/embed/order';
import { threefry2x32 } from '../../graph/random';
import { type Batch, countTargets } from './batch';
import type { TokenSource } from './token-source';

export type BatchOrder = 'random' | 'stream';

/** Where a stream stands; plain data for a snapshot. */
export interface BatchPosition {
  /** Batches given so far. */
  readonly batches: number;
  /** Ids given so far. */
  readonly tokens: number;
  /** Next token in `stream` order: segment of the source, and place in it. */
  readonly segment: number;
  readonly offset: number;
}

export interface BatchShape {
  /** B */
  readonly batch: number;
  /** T */
  readonly context: number;
  /** P of a prefix mask; 0 (default) for causal attention. */
  readonly prefixLength?: number;
}

export interface BatchStreamOptions {
  /** u32 */
  readonly seed: number;
  readonly order: BatchOrder;
  readonly position?: BatchPosition;
}

/** Separates the windows' draws from every other use of the run's seed. */
const windowSalt = 0x77696e64;

export class BatchStream {
  readonly order: BatchOrder;
  #position: BatchPosition;

  constructor(
    private readonly source: TokenSource,
    private readonly options: BatchStreamOptions,
  ) {
    this.order = source.tokens === null ? 'stream' : options.order;
    this.#position = options.position ?? { batches: 0, tokens: 0, segment: 0, offset: 0 };
  }

  get position(): BatchPosition {
    return this.#position;
  }

  /** Throws a sentence when the text is too short for one batch. */
  next(shape: BatchShape): Batch {
    const { batch, context, prefixLength = 0 } = shape;
    checkLength(this.source.tokens, shape);
    if (prefixLength >= context) {
      throw new Error(
        `A prefix of ${prefixLength} tokens leaves nothing to predict in ${context}: choose at most ${context - 1}.`,
      );
    }
    const ids = new Uint32Array(batch * context);
    const targets = new Uint32Array(batch * context);
    if (this.order === 'random') this.#fillAtRandom(ids, targets, batch, context);
    else this.#fillInOrder(ids, targets);
    const { begin } = this.source;
    for (let i = 0; i < targets.length; i += 1) {
      if (targets[i] === begin || (i % context) + 1 < prefixLength) targets[i] = notCounted;
    }
    const { batches, tokens } = this.#position;
    this.#position = { ...this.#position, batches: batches + 1, tokens: tokens + ids.length };
    return { ids, targets, order: orderOf(ids), counted: countTargets(targets) };
  }

  #fillAtRandom(ids: Uint32Array, targets: Uint32Array, batch: number, context: number): void {
    const text = this.source.segment(0);
    const places = text.length - context;
    for (let row = 0; row < batch; row += 1) {
      const [bits] = threefry2x32([this.options.seed, windowSalt], [this.#position.batches, row]);
      const start = Math.floor((bits / 2 ** 32) * places);
      ids.set(text.subarray(start, start + context), row * context);
      targets.set(text.subarray(start + 1, start + context + 1), row * context);
    }
  }

  #fillInOrder(ids: Uint32Array, targets: Uint32Array): void {
    let { segment, offset } = this.#position;
    let filled = 0;
    for (;;) {
      const text = this.source.segment(segment);
      const part = text.subarray(offset, offset + ids.length - filled);
      ids.set(part, filled);
      filled += part.length;
      offset += part.length;
      if (offset === text.length) {
        segment += 1;
        offset = 0;
      }
      if (filled === ids.length) break;
    }
    targets.set(ids.subarray(1));
    targets[ids.length - 1] = this.source.segment(segment)[offset] as number;
    this.#position = { ...this.#position, segment, offset };
  }
}

/** Throws a sentence when `tokens` of text (null: endless) do not fill one batch and the token that follows it. */
export function checkLength(tokens: number | null, { batch, context }: BatchShape): void {
  const needed = batch * context + 1;
  if (tokens === null || tokens >= needed) return;
  throw new Error(
    `The text has ${tokens} tokens to train on; one batch of ${batch} rows of ${context} needs ${needed}: lower the batch or the context, or give more text.`,
  );
}
