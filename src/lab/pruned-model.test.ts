/** The smallest shipped model before and after pruning, on WebAssembly. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testEngine } from '../cpu/parity';
import { documentSeparator, readCorpusManifest } from '../data/corpus/manifest';
import { readDocuments, type TextFiles } from '../data/corpus/read';
import { type ModelFiles, modelFileNames, readModelFolder } from '../model/folder';
import { openHostRuntime } from '../model/host-runtime';
import { Tokenizer } from '../tokenizer/tokenizer';
import { answersOf, lossesOf } from './evaluation';
import { type Exam, examOf } from './exam';
import { documentIds, fittingDocuments, heldOutPassages, heldOutStories } from './held-out-documents';
import { pruneFiles, weightBytes } from './pruned-files';
import { type Comparison, compareModels, type MeasuredModel } from './pruned-model';

const folder = path.resolve(import.meta.dirname, '..', '..', 'public', 'models', 'story-nano');
const files = Object.fromEntries(
  modelFileNames.map((name) => [name, new Uint8Array(readFileSync(path.join(folder, name)))]),
);
const all = Array.from({ length: 1536 }, (_, id) => id);
/** Special tokens and bytes are the first; of the others those that stand for most of the text. */
const some = all.filter((id) => id < 900 || id % 2 === 0);

async function open(content: ModelFiles): Promise<MeasuredModel> {
  const { config, weights, tokenizer } = readModelFolder(content, Tokenizer.parse, 'story-nano');
  const runtime = openHostRuntime(await testEngine(2), config, weights);
  return { runtime, tokenizer, bytes: weightBytes(content, 'story-nano') };
}

/** Texts of the page that hold these documents. */
function textsOf(documents: Readonly<Record<string, readonly string[]>>): TextFiles {
  const present = Object.keys(documents).map((id) => ({ id, language: id, title: id, file: id }));
  const missing = { id: 'far away', language: 'zh', title: 'Far away', missing: 'npm run corpora' };
  return {
    manifest: async () => readCorpusManifest({ version: 1, corpora: [...present, missing] }, 'manifest.json'),
    corpus: async (file) => documents[file]?.join(documentSeparator) ?? '',
    given: async () => new Uint8Array(),
  };
}

let whole: MeasuredModel;
let same: MeasuredModel;
let smaller: MeasuredModel;
let exam: Exam;
beforeAll(async () => {
  whole = await open(files);
  same = await open(pruneFiles('story-nano', files, all, '').files);
  smaller = await open(pruneFiles('story-nano', files, some, '').files);
  exam = await examOf('story-nano', textsOf({}), { documents: 8, probes: 3 });
});
afterAll(() => {
  for (const { runtime } of [whole, same, smaller]) runtime.destroy();
});

describe('a model and its pruned self', () => {
  it('are alike while every piece is kept', async () => {
    const { before, after, difference, left } = (await compareModels(whole, same, exam)) as Comparison;
    const { tokensPerSecond: _a, charactersPerSecond: _b, ...figures } = before;
    expect(after).toMatchObject(figures);
    expect(left).toBe(0);
    expect(figures).toMatchObject({ vocabularySize: 1536, parameters: 513_632, vocabularyParameters: 147_456 });
    expect(difference.bitsPerCharacter.all).toEqual({ value: 0, low: 0, high: 0, n: 8 });
    expect(difference.probes).toEqual({ value: 0, low: 0, high: 0, n: 15 });
    expect(after.tokensPerSecond).toBeGreaterThan(0);
  });

  it('have the loss and the answers that each has by itself, and their difference', async () => {
    const comparison = (await compareModels(whole, smaller, exam)) as Comparison;
    const context = whole.runtime.config.max_position_embeddings;
    const tokenizers = [whole.tokenizer, smaller.tokenizer];
    const { fitting, left } = fittingDocuments(exam.documents, tokenizers, context, 8);
    expect(comparison.left).toBe(left);
    const means: number[] = [];
    for (const [model, figures] of [
      [whole, comparison.before],
      [smaller, comparison.after],
    ] as const) {
      const losses = (await lossesOf(model, fitting)) ?? [];
      const nats = losses.reduce((sum, loss) => sum + loss.nats, 0);
      const bits = nats / Math.LN2 / losses.reduce((sum, loss) => sum + loss.characters, 0);
      means.push(bits);
      const { all: both, en, zh } = figures.bitsPerCharacter;
      expect(both?.value).toBeCloseTo(bits, 12);
      expect(both?.n).toBe(8);
      expect((en?.n ?? 0) + (zh?.n ?? 0)).toBe(8);
      expect(both?.low).toBeLessThan(bits);
      expect(both?.high).toBeGreaterThan(bits);
      const right = (await answersOf(model, exam.questions ?? [])) ?? [];
      expect(figures.probes?.all.value).toBe(right.filter(Boolean).length / 15);
      expect(Object.keys(figures.probes?.kinds ?? {})).toEqual([
        'recall',
        'ending',
        'reading-zh',
        'counting',
        'translation',
      ]);
      expect(figures.probes?.kinds.recall?.value).toBe(right.slice(0, 3).filter(Boolean).length / 3);
      const tokens = exam.documents.reduce((sum, one) => sum + documentIds(model.tokenizer, one).length - 1, 0);
      const characters = exam.documents.reduce((sum, { text }) => sum + [...text].length, 0);
      expect(figures.charactersPerSecond / figures.tokensPerSecond).toBeCloseTo(characters / tokens, 10);
    }
    expect(comparison.difference.bitsPerCharacter.all?.value).toBeCloseTo((means[1] ?? 0) - (means[0] ?? 0), 12);
    expect(comparison.after.bitsPerCharacter.all?.value).toBeGreaterThan(means[0] ?? 0);
    expect(comparison.after.bytes).toBe(comparison.before.bytes - (all.length - some.length) * 96 * 2);
    expect(comparison.after.vocabularySize).toBe(some.length);
  });

  it('tell how far they are, and stop when asked', async () => {
    const seen: number[] = [];
    let total = 0;
    const onProgress = (done: number, of: number) => {
      seen.push(done);
      total = of;
    };
    await compareModels(whole, smaller, exam, { onProgress });
    expect(seen).toEqual(Array.from({ length: total }, (_, index) => index + 1));
    let asked = 0;
    const shouldStop = () => {
      asked += 1;
      return asked > 10;
    };
    expect(await compareModels(whole, smaller, exam, { shouldStop })).toBeNull();
    expect(asked).toBe(11);
  });
});

describe('held-out documents', () => {
  it('are those that fit under every vocabulary', () => {
    const documents = [...heldOutStories(1, 30)];
    const bytes = pruneFiles('story-nano', files, all.slice(0, 259), '').files['tokenizer.json'];
    const spelled = Tokenizer.parse(JSON.parse(new TextDecoder().decode(bytes)));
    const { fitting, left } = fittingDocuments(documents, [whole.tokenizer, spelled], 256);
    expect(fitting.length + left).toBe(30);
    expect(fittingDocuments(documents, [whole.tokenizer], 256).left).toBe(0);
    // A begin and an end token beside the bytes.
    const short = documents.filter(({ text }) => new TextEncoder().encode(text).length <= 254);
    expect(fitting).toEqual(short);
    expect(fittingDocuments(documents, [spelled], 256, 1).fitting).toEqual(short.slice(0, 1));
  });

  it('of the page’s texts are the beginnings of documents that runs hold out, text by text in turn', async () => {
    const english = Array.from({ length: 400 }, (_, index) => `Story ${index} is short. `.repeat(40).trim());
    const chinese = Array.from({ length: 400 }, (_, index) => `第${index}首诗很短。`);
    const files = textsOf({ en: english, zh: chinese });
    const heldOut = await readDocuments({ kind: 'texts', ids: ['en', 'zh'] }, 'hash', files);
    const passages = await heldOutPassages(files, 6);
    expect(passages.map(({ language }) => language)).toEqual(['en', 'zh', 'en', 'zh', 'en', 'zh']);
    for (const { text, language, whole: complete, floorNats } of passages) {
      expect(floorNats).toBeNull();
      expect(complete).toBe(language === 'zh');
      const document = heldOut.heldOut.find((candidate) => candidate.text.startsWith(text));
      if (complete) expect(document?.text).toBe(text);
      else expect(document?.text.length).toBeGreaterThan(text.length);
      if (language === 'en') expect(text).toMatch(/^Story .{400,490}short\.$/);
    }
  });

  it('say what to do when no text is there', async () => {
    await expect(heldOutPassages(textsOf({}), 3)).rejects.toThrow(
      'None of the page’s texts is there to measure on: make them with "node tools/corpus/assets.mjs", then reload.',
    );
  });
});
