/** A text being written, over the twin of story-nano's tokenizer and a small random model: cutting, replacing, recovering. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Weights } from '../graph/weights';
import { completeConfig, type ModelConfig } from '../model/config';
import { type HostRuntime, twinRuntime } from '../model/host-runtime';
import { tensorTable } from '../model/names';
import type { Runtime } from '../model/runtime';
import { Tokenizer } from '../tokenizer/tokenizer';
import { TextSession, type Written } from './text-session';

const file = path.resolve(import.meta.dirname, '..', '..', 'public', 'models', 'story-nano', 'tokenizer.json');
const tokenizer = Tokenizer.parse(JSON.parse(readFileSync(file, 'utf8')));

const config: ModelConfig = completeConfig(
  {
    vocab_size: tokenizer.vocabularySize,
    hidden_size: 16,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    intermediate_size: 24,
    max_position_embeddings: 32,
    tie_word_embeddings: true,
    hidden_act: 'silu',
    eos_token_id: tokenizer.special.end,
  },
  'test',
);

/** Reproducible weights, large enough that probabilities differ. */
const weights: Weights = new Map(
  tensorTable(config).map(({ name, shape }, tensor) => {
    const count = shape.reduce((a, b) => a * b, 1);
    return [name, { values: Float32Array.from({ length: count }, (_, index) => Math.sin(index * (tensor + 1.7))) }];
  }),
);
const settings = { temperature: 1, topK: 0, topP: 1, seed: 3 };

function runtime(): HostRuntime {
  return twinRuntime(config, weights, 'float32', async () => {});
}

async function writeAll(session: TextSession, length: number, stopped?: () => boolean): Promise<Written> {
  const writing = session.write(length, settings, stopped);
  for (;;) {
    const next = await writing.next();
    if (next.done) return next.value;
  }
}

async function written(prompt: string, length: number, from: Runtime = runtime()) {
  const session = new TextSession(from, tokenizer);
  session.begin(session.prepare(prompt, length));
  return { session, result: await writeAll(session, length) };
}

/** A runtime whose tokens fail after `good` of them, as those of a lost device do. */
function failing(good: number): Runtime {
  const inner = runtime();
  return Object.assign(Object.create(inner), {
    config,
    start: (ids: number[], prefix?: number) => inner.start(ids, prefix),
    async *tokens(count: number, sampling: typeof settings) {
      let yielded = 0;
      for await (const record of inner.tokens(count, sampling)) {
        if (yielded === good) throw new Error('the device was lost');
        yielded += 1;
        yield record;
      }
    },
  }) as Runtime;
}

describe('a prompt', () => {
  it('that fits is kept whole, with the begin token first', () => {
    const session = new TextSession(runtime(), tokenizer);
    const { ids, dropped } = session.prepare('One day', 8);
    expect(ids[0]).toBe(tokenizer.special.begin);
    expect(tokenizer.decode(ids)).toBe('One day');
    expect(dropped).toBe(0);
  });

  it('that is too long keeps its end and leaves room to write', () => {
    const session = new TextSession(runtime(), tokenizer);
    const text = 'Mia had a red kite. '.repeat(40);
    const whole = tokenizer.encode(text, { begin: true });
    const { ids, dropped } = session.prepare(text, 8);
    expect(ids).toHaveLength(32 - 8);
    expect(dropped).toBe(whole.length - ids.length);
    expect(text.endsWith(tokenizer.decode(ids))).toBe(true);
    expect(session.prepare(text, 1000).ids).toHaveLength(16);
  });

  it('of 100,000 characters in one word is cut like any other', () => {
    const session = new TextSession(runtime(), tokenizer);
    expect(session.prepare('ab'.repeat(50_000), 8).ids).toHaveLength(24);
  });

  it('may be empty', async () => {
    const { session } = await written('', 4);
    expect(session.ids[0]).toBe(tokenizer.special.begin);
    expect(session.ids).toHaveLength(5);
  });
});

describe('writing', () => {
  it('says why it ended: the length, the end token, the context, or a stop', async () => {
    const { session, result } = await written('One day', 5);
    expect(result).toMatchObject({ reason: 'length', tokens: 5, promptTokens: session.ids.length - 5 });
    const full = await written('One day', 1000);
    expect(['context', 'end']).toContain(full.result.reason);
    expect(full.session.ids.length).toBeLessThanOrEqual(32);
    let asked = 0;
    const stopping = new TextSession(runtime(), tokenizer);
    stopping.begin(stopping.prepare('One day', 8));
    expect(await writeAll(stopping, 8, () => ++asked > 3)).toMatchObject({ reason: 'stopped', tokens: 3 });
  });

  it('goes on from where it stopped as if it had not', async () => {
    const { session: whole } = await written('One day', 9);
    const { session } = await written('One day', 4);
    await writeAll(session, 5);
    expect(session.ids).toEqual(whole.ids);
  });

  it('goes on from another token put in the middle', async () => {
    const { session } = await written('One day', 6);
    const position = session.ids.length - 4;
    const kept = session.ids.slice(0, position);
    session.replace(position, 300);
    expect(session.ids).toEqual([...kept, 300]);
    await writeAll(session, 3);
    expect(session.ids.slice(0, position + 1)).toEqual([...kept, 300]);
    expect(() => session.replace(99, 1)).toThrow('Position 99 is not in the text');
    expect(() => session.replace(0, 1)).toThrow('Position 0 is not in the text');
  });

  it('writes the same text when the device is lost in the middle and another takes over', async () => {
    const { session: whole } = await written('One day', 10);
    const causes: unknown[] = [];
    const session = new TextSession(failing(4), tokenizer, async (error) => {
      causes.push(error);
      return runtime();
    });
    session.begin(session.prepare('One day', 10));
    expect(await writeAll(session, 10)).toMatchObject({ tokens: 10 });
    expect(causes).toHaveLength(1);
    expect(session.ids).toEqual(whole.ids);
  });

  it('passes a failure on when nothing can take over, and keeps the text', async () => {
    const session = new TextSession(failing(4), tokenizer);
    const prompt = session.prepare('One day', 10);
    session.begin(prompt);
    await expect(writeAll(session, 10)).rejects.toThrow('the device was lost');
    expect(session.ids).toHaveLength(prompt.ids.length + 4);
  });
});

it('explains a token of the text and refuses one that is not in it', async () => {
  const { session } = await written('One day', 6);
  const { attention, lens } = await session.explain(5);
  expect(attention).toHaveLength(2);
  expect(lens).toHaveLength(2);
  await expect(session.explain(99)).rejects.toThrow('Position 99 is not in the text');
});
