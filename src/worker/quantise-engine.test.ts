/** The worker's side without a worker: the shipped models come from the disk, the backends are those of the tests. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { testEngine } from '../cpu/parity';
import { dawnDevice } from '../gpu/dawn';
import { runGates } from '../gpu/gates/gates';
import { Pipelines } from '../gpu/pipelines';
import type { Backend } from '../lab/backend-choice';
import { weightBytes } from '../lab/pruned-files';
import { readModelFolder } from '../model/folder';
import { schemeIds } from '../quant/schemes';
import { Tokenizer } from '../tokenizer/tokenizer';
import type { Backends } from './backends';
import type { Carriers } from './carriers';
import type { OpenGpu } from './open-device';
import type { Event } from './protocol';
import { QuantiseEngine } from './quantise-engine';
import type { QuantiseRequest } from './quantise-protocol';

const root = path.resolve(import.meta.dirname, '..', '..', 'public');
const nano = { kind: 'shipped', id: 'story-nano' } as const;
const settings = { temperature: 0.8, topK: 40, topP: 0.95, seed: 3 };
const query = 'model.layers.0.self_attn.q_proj.weight';
const glm = { scheme: 'int4-row', selection: 'glm' } as const;

beforeEach(() => {
  vi.stubGlobal('fetch', async (url: URL) => new Response(readFileSync(path.join(root, url.pathname))));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

type Last<T extends Event['type']> = Extract<Event, { type: T }>;

function open(backend: Backend = 'cpu', gpu: OpenGpu | null = null) {
  const events: Event[] = [];
  const backends = {
    setting: 'auto',
    cpu: { name: 'CPU of the tests', open: async () => testEngine(2), reopen: async () => testEngine(2) },
    device: { gpu, isLost: async () => false, reopen: async () => {} },
    pick: async () => backend,
  };
  const carriers = { open: async () => {} };
  let onEvent: (event: Event) => void = () => {};
  const engine = new QuantiseEngine(
    backends as unknown as Backends,
    carriers as unknown as Carriers,
    'http://page/models/',
    (event) => {
      // What is sent to the page is plain data.
      events.push(structuredClone(event));
      onEvent(event);
    },
    { documents: 12, probes: 4 },
  );
  const ask = async <T extends Event['type']>(request: QuantiseRequest, type: T): Promise<Last<T>> => {
    await engine.answer(request);
    const last = events.at(-1);
    if (last?.type !== type) throw new Error(`${request.type} was answered by ${last?.type}.`);
    return last as Last<T>;
  };
  return {
    ...{ engine, events, ask },
    on: (handler: (event: Event) => void) => {
      onEvent = handler;
    },
  };
}

describe('the engine of the Quantise panel', () => {
  it('opens a model and lists its matrices', async () => {
    const { ask, events } = open();
    const { model } = await ask({ type: 'openQuantise', model: nano }, 'quantiseOpened');
    expect(model).toMatchObject({ id: 'story-nano', parameters: 513_632, refused: {} });
    // An embedding, and in each of four layers q, k, v, o, both of the shortcut, gate, up and down.
    expect(model.matrices).toHaveLength(1 + 4 * 9);
    expect(model.matrices[0]).toMatchObject({ name: 'model.embed_tokens.weight', layer: null, shape: [1536, 96] });
    for (const { least, most, deviation, reach } of model.matrices) {
      expect(least).toBeLessThan(0);
      expect(most).toBeGreaterThan(deviation);
      expect(reach).toBeGreaterThan(1);
    }
    expect(events.some((event) => event.type === 'progress' && event.task === 'download')).toBe(true);
  });

  it('says what to do before a model is open, and for a matrix or row that is none', async () => {
    const { engine, ask } = open();
    const read = { type: 'readMatrix', name: query, scheme: 'int4-row', row: null } as const;
    await expect(engine.answer(read)).rejects.toThrow('No model is open yet');
    await ask({ type: 'openQuantise', model: nano }, 'quantiseOpened');
    await expect(engine.answer({ ...read, name: 'model.norm.weight' })).rejects.toThrow('is no matrix of this model');
    await expect(engine.answer({ ...read, row: 96 })).rejects.toThrow(`${query} has no row 96: choose 0 to 95.`);
  });

  it('reads a matrix under a scheme, with the row that reaches farthest', async () => {
    const { ask } = open();
    await ask({ type: 'openQuantise', model: nano }, 'quantiseOpened');
    const read = { type: 'readMatrix', name: query, scheme: 'int4-row', row: null } as const;
    const { reading } = await ask(read, 'matrixRead');
    const sum = (counts: readonly number[]) => counts.reduce((a, b) => a + b, 0);
    expect(sum(reading.histogram.counts)).toBe(96 * 96);
    expect(sum(reading.integers)).toBe(96 * 96);
    expect(sum(reading.rowCounts)).toBe(96);
    expect(reading.rowCounts).toHaveLength(reading.histogram.counts.length);
    reading.rowCounts.forEach((count, bar) => {
      expect(count).toBeLessThanOrEqual(reading.histogram.counts[bar] ?? 0);
    });
    expect(reading.levels).toHaveLength(15);
    const other = await ask({ ...read, row: reading.row }, 'matrixRead');
    expect(other.reading).toEqual(reading);
    const finer = await ask({ ...read, scheme: 'int8-row' }, 'matrixRead');
    expect(finer.reading.relative).toBeLessThan(reading.relative / 10);
    expect(finer.reading.levels).toHaveLength(255);
  });

  it('measures errors of every matrix and layer, on weights and on activations', async () => {
    const { ask, engine, events } = open();
    await ask({ type: 'openQuantise', model: nano }, 'quantiseOpened');
    const text = 'One morning Tom took a red apple from the box and gave it to his sister.';
    const asked = { type: 'measureErrors', scheme: 'int4-row', text } as const;
    const { errors } = await ask({ ...asked, selection: 'all' }, 'errorsMeasured');
    expect(errors?.matrices).toHaveLength(37);
    expect(errors?.layers.map(({ layer }) => layer)).toEqual([null, '0', '1', '2', '3']);
    for (const { name, relative, onActivations } of errors?.matrices ?? []) {
      expect(relative, name).toBeGreaterThan(0.01);
      expect(relative, name).toBeLessThan(0.5);
      // The embedding is the head as well, so activations meet it.
      expect(onActivations, name).toBeGreaterThan(0.005);
      expect(onActivations, name).toBeLessThan(0.5);
    }
    const four = await ask({ ...asked, selection: 'glm' }, 'errorsMeasured');
    expect(four.errors?.matrices).toEqual(
      errors?.matrices.filter(({ kind }) => kind !== 'embedding' && kind !== 'shortcut-out'),
    );
    const progress = events.filter((event) => event.type === 'progress' && event.task === 'evaluate');
    expect(progress.at(-1)).toMatchObject({ done: 4, total: 4 });
    await expect(engine.answer({ ...asked, selection: 'glm', text: '' })).rejects.toThrow('give a longer one');
  });

  it('measures schemes beside the model as it is, and stops when asked', { timeout: 120_000 }, async () => {
    const { ask, engine, events, on } = open();
    await ask({ type: 'openQuantise', model: nano }, 'quantiseOpened');
    const asked = { type: 'measureSchemes', selection: 'glm', activations: 'f32' } as const;
    const { rows } = await ask({ ...asked, schemes: ['int8-row', 'int4-row'] }, 'schemesMeasured');
    const [base, eight, four] = rows ?? [];
    expect(base).toMatchObject({ scheme: null, difference: null, activations: 'f32', adapter: 'CPU of the tests' });
    expect(events.filter((event) => event.type === 'schemeMeasured').map(({ row }) => row)).toEqual(rows);
    expect(base?.figures.probes?.all.n).toBe(20);
    for (const row of rows ?? []) expect(row.figures.bitsPerCharacter.all?.n).toBe(12);
    // A step of 8 bits is a sixteenth of one of 4.
    const lost = [eight, four].map((row) => row?.difference?.bitsPerCharacter.all?.value ?? 0);
    expect(Math.abs(lost[0] ?? 0)).toBeLessThan(0.01);
    expect(lost[1]).toBeGreaterThan(0.01);
    expect(four?.memoryBytes).toBeLessThan((base?.memoryBytes ?? 0) / 2);
    expect(four?.figures.bytes).toBeLessThan(eight?.figures.bytes ?? 0);
    const progress = events.filter((event) => event.type === 'progress' && event.task === 'evaluate');
    expect(progress.at(-1)).toMatchObject(progress[0] && 'total' in progress[0] ? { done: progress[0].total } : {});
    on((event) => event.type === 'schemeMeasured' && engine.stop());
    expect((await ask({ ...asked, schemes: ['int4-row'] }, 'schemesMeasured')).rows).toBeNull();
  });

  it('takes activations of 8 bits where it is asked to', { timeout: 60_000 }, async () => {
    const { ask } = open();
    await ask({ type: 'openQuantise', model: nano }, 'quantiseOpened');
    const compare = { type: 'compareQuantised', ...glm, prompt: 'One morning', settings, length: 24 } as const;
    const float = await ask({ ...compare, activations: 'f32' }, 'quantisedWritten');
    const integer = await ask({ ...compare, activations: 'int8' }, 'quantisedWritten');
    expect(integer.before).toEqual(float.before);
    expect(float.before.tokens).toHaveLength(24);
    expect(float.after.text).not.toBe(float.before.text);
    expect(float.after.tokens.map(({ text }) => text).join('')).toBe(float.after.text);
  });

  it('quantises one layer after the other', { timeout: 60_000 }, async () => {
    const { ask, engine, on, events } = open();
    await ask({ type: 'openQuantise', model: nano }, 'quantiseOpened');
    const { rows } = await ask({ type: 'measureSensitivity', ...glm }, 'sensitivityMeasured');
    expect(rows?.map(({ layer }) => layer)).toEqual(['0', '1', '2', '3', null]);
    expect(events.filter((event) => event.type === 'layerMeasured').map(({ row }) => row)).toEqual(rows);
    const [all, ...each] = (rows ?? []).toReversed().map(({ difference }) => difference.value);
    for (const one of each) expect(one).toBeLessThan(all ?? 0);
    on((event) => event.type === 'layerMeasured' && engine.stop());
    expect((await ask({ type: 'measureSensitivity', ...glm }, 'sensitivityMeasured')).rows).toBeNull();
  });

  it('compares the ranges of shipped models with what a scheme costs them', { timeout: 60_000 }, async () => {
    const { ask } = open();
    const asked = { type: 'compareRanges', scheme: 'int4-row', models: ['story-nano'] } as const;
    const { rows } = await ask(asked, 'rangesCompared');
    expect(rows).toHaveLength(1);
    const [row] = rows ?? [];
    expect(row).toMatchObject({ model: 'story-nano', parameters: 513_632 });
    expect(row?.reach).toBeGreaterThan(2);
    expect(row?.difference.value).toBeCloseTo((row?.after.value ?? 0) - (row?.before.value ?? 0), 10);
  });

  it('exports a folder that opens, holds what was measured, and is not quantised twice', async () => {
    const { ask, engine } = open();
    const before = (await ask({ type: 'openQuantise', model: nano }, 'quantiseOpened')).model;
    const { name, files } = await ask({ type: 'exportQuantised', ...glm }, 'quantisedExported');
    expect(name).toBe('story-nano-int4-row');
    const { config, weights, notes } = readModelFolder(files, Tokenizer.parse, name);
    expect(config.hidden_size).toBe(96);
    expect(notes).toEqual([]);
    // The embedding keeps its 16 bits, and is more than a quarter of this model.
    expect(weightBytes(files, name)).toBeLessThan(0.55 * before.bytes);
    expect(JSON.parse(new TextDecoder().decode(files['config.json'])).quantization_config.scheme).toBe('int4-row');
    expect([...weights.values()].filter((weight) => 'quantised' in weight)).toHaveLength(4 * 8);
    expect(new TextDecoder().decode(files['card.md'])).toContain('story-nano, quantised (int4-row)');
    const dropped = Object.entries(files).map(([file, bytes]) => new File([bytes], file));
    const source = { kind: 'files', name, files: dropped } as const;
    const { model } = await ask({ type: 'openQuantise', model: source }, 'quantiseOpened');
    expect(Object.keys(model.refused)).toEqual(schemeIds);
    await expect(engine.answer({ type: 'exportQuantised', ...glm })).rejects.toThrow(
      '32 matrices of story-nano-int4-row are integers already',
    );
    await expect(
      ask({ type: 'readMatrix', name: query, scheme: 'int4-row', row: null }, 'matrixRead'),
    ).resolves.toBeTruthy();
  });

  it('times the shape of PanGu-π-1B Pro at the largest scale that is allowed', { timeout: 60_000 }, async () => {
    const { ask, engine } = open();
    const asked = { type: 'timeQuantisedShapes', scheme: 'int4-row', limitBytes: 24 * 2 ** 20 } as const;
    const { shapes } = await ask(asked, 'quantisedShapesTimed');
    const [whole, same, larger] = shapes ?? [];
    expect(shapes?.map(({ scheme }) => scheme)).toEqual(['f32', 'int4-row', 'int4-row']);
    expect(same?.scale).toBe(whole?.scale);
    expect(larger?.scale).toBeGreaterThan(whole?.scale ?? 1);
    expect(same?.bytesPerToken).toBeLessThan((whole?.bytesPerToken ?? 0) / 2);
    for (const shape of shapes ?? []) {
      expect(shape.tokensPerSecond.median).toBeGreaterThan(0);
      expect(shape.shareOfBandwidth).toBeNull();
    }
    await expect(engine.answer({ ...asked, limitBytes: 1000 })).rejects.toThrow('Even the smallest copy needs');
  });

  it('writes the same on a GPU, with integers where their check passes', { timeout: 120_000 }, async () => {
    const device = await dawnDevice();
    const gates = await runGates(device, new Set(['packed_4x8_integer_dot_product']));
    const gpu = { device, pipelines: new Pipelines(device), gates };
    const compare = { type: 'compareQuantised', ...glm, prompt: 'One morning', settings, length: 12 } as const;
    const on = async (opened: ReturnType<typeof open>, activations: 'f32' | 'int8') => {
      await opened.ask({ type: 'openQuantise', model: nano }, 'quantiseOpened');
      return opened.ask({ ...compare, activations }, 'quantisedWritten');
    };
    expect(await on(open('gpu', gpu), 'f32')).toEqual(await on(open(), 'f32'));
    expect((await on(open('gpu', gpu), 'int8')).after.tokens).toHaveLength(12);
    await expect(on(open('gpu', { ...gpu, gates: [] }), 'int8')).rejects.toThrow('no packed dot products');
  });
});
