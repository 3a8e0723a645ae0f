/** The worker's side without a worker: the shipped models come from the disk, the backends are those of the tests. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { testEngine } from '../cpu/parity';
import { ThreadGone } from '../cpu/thread-gone';
import { dawnDevice } from '../gpu/dawn';
import { Pipelines } from '../gpu/pipelines';
import type { Backend } from '../lab/backend-choice';
import { readModelFolder } from '../model/folder';
import { Tokenizer } from '../tokenizer/tokenizer';
import type { Backends } from './backends';
import type { Carriers } from './carriers';
import type { OpenGpu } from './open-device';
import type { Event } from './protocol';
import { PrunedModels } from './pruned-model';

const root = path.resolve(import.meta.dirname, '..', '..', 'public');
const settings = { temperature: 0.8, topK: 40, topP: 0.95, seed: 3 };
const all = Array.from({ length: 1536 }, (_, id) => id);
const some = all.filter((id) => id < 1200 || id % 2 === 0);

let fetched: string[] = [];
beforeEach(() => {
  fetched = [];
  vi.stubGlobal('fetch', async (url: URL) => {
    fetched.push(url.pathname);
    return new Response(readFileSync(path.join(root, url.pathname)));
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

interface Given {
  readonly backend?: Backend;
  readonly gpu?: OpenGpu | null;
  /** What opening the CPU throws, in order; then it opens. */
  readonly failures?: Error[];
}

function models({ backend = 'cpu', gpu = null, failures = [] }: Given = {}) {
  const events: Event[] = [];
  let reopened = 0;
  const backends = {
    cpu: {
      name: 'CPU of the tests',
      open: async () => {
        const failure = failures.shift();
        if (failure) throw failure;
        return testEngine(2);
      },
      reopen: async () => {
        reopened += 1;
        return testEngine(2);
      },
    },
    device: { gpu, isLost: async () => false, reopen: async () => {} },
    pick: async () => backend,
  };
  const carriers = { open: async () => {} };
  const pruned = new PrunedModels(
    backends as unknown as Backends,
    carriers as unknown as Carriers,
    'http://page/models/',
    (event) => events.push(event),
  );
  return { pruned, events, reopened: () => reopened };
}

describe('pruned models in the worker', () => {
  it('are measured beside the whole model, with progress, and stop when asked', async () => {
    const { pruned, events } = models();
    let stopAfter = 30;
    const shouldStop = () => {
      stopAfter -= 1;
      return stopAfter < 0;
    };
    expect(await pruned.measure('story-nano', some, shouldStop)).toBeNull();
    expect(events.filter((event) => event.type === 'progress' && event.task === 'evaluate')).toHaveLength(30);
    const comparison = await pruned.measure('story-nano', some, () => false);
    expect(comparison).toMatchObject({ id: 'story-nano', adapter: 'CPU of the tests' });
    expect(comparison?.before.vocabularySize).toBe(1536);
    expect(comparison?.after.vocabularySize).toBe(some.length);
    expect(comparison?.before.bitsPerCharacter.all?.n).toBe(40);
    expect(comparison?.after.probes?.all.n).toBe(200);
    // What is sent to the page is plain data.
    expect(structuredClone(comparison)).toEqual(comparison);
    // The model was fetched once.
    expect(fetched.filter((file) => file.endsWith('model.safetensors'))).toHaveLength(1);
  });

  it('write as the whole model does while every piece is kept, and by the ids of the whole vocabulary', async () => {
    const { pruned } = models();
    const same = await pruned.compare('story-nano', all, 'One morning', settings, 24);
    expect(same.after).toEqual(same.before);
    expect(same.before.tokens).toHaveLength(24);
    const tokenizer = Tokenizer.parse(
      JSON.parse(readFileSync(path.join(root, 'models/story-nano/tokenizer.json'), 'utf8')),
    );
    const { before, after } = await pruned.compare('story-nano', some, 'One morning', settings, 24);
    expect(before).toEqual(same.before);
    for (const { tokens, text } of [before, after]) {
      expect(tokenizer.decode(tokens.map(({ id }) => id))).toBe(text);
      expect(tokens.map((token) => token.text).join('')).toBe(text);
    }
    for (const { id } of after.tokens) expect(some).toContain(id);
  });

  it('write the same on a GPU', async () => {
    const device = await dawnDevice();
    const gpu = { device, pipelines: new Pipelines(device), gates: [] };
    const on = async (given: Given) => models(given).pruned.compare('story-nano', some, 'One morning', settings, 12);
    expect(await on({ backend: 'gpu', gpu })).toEqual(await on({}));
  });

  it('are exported as a folder that opens, with a card', async () => {
    const { pruned } = models();
    const { name, files } = await pruned.export('story-nano', some, 'Every second of the rest was left out.');
    expect(name).toBe(`story-nano-${some.length}`);
    const { config, notes } = readModelFolder(files, Tokenizer.parse, name);
    expect(config.vocab_size).toBe(some.length);
    expect(notes).toEqual([]);
    const card = new TextDecoder().decode(files['card.md']);
    expect(card).toContain('# story-nano with 1,368 pieces');
    expect(card).toContain('Every second of the rest was left out.');
    expect(card).toContain('| parameters | 513,632 | 497,504 |');
  });

  it('begin anew when a thread of the CPU has ended', async () => {
    const gone = new ThreadGone('it ended');
    const { pruned, events, reopened } = models({ failures: [gone] });
    const { before } = await pruned.compare('story-nano', some, 'One', settings, 4);
    expect(before.tokens).toHaveLength(4);
    expect(reopened()).toBe(1);
    expect(events).toContainEqual({ type: 'notice', notice: { kind: 'threadGone', cause: gone.message } });
    await expect(
      models({ failures: [new Error('No memory.')] }).pruned.compare('story-nano', some, 'One', settings, 4),
    ).rejects.toThrow('No memory.');
  });
});
