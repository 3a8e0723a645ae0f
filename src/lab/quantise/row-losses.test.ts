/** Against the losses that a runtime reads token by token, on both executors of the CPU. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { testEngine } from '../../cpu/parity';
import { TwinExecutor } from '../../graph/twin-executor';
import { modelFileNames, readModelFolder } from '../../model/folder';
import { openHostRuntime } from '../../model/host-runtime';
import { quantiseWeights } from '../../quant/quantise-weights';
import { schemes } from '../../quant/schemes';
import { selections } from '../../quant/which-matrices';
import { Tokenizer } from '../../tokenizer/tokenizer';
import { lossesOf } from '../evaluation';
import { heldOutStories } from '../held-out-documents';
import { rowLosses } from './row-losses';

const folder = path.resolve(import.meta.dirname, '..', '..', '..', 'public', 'models', 'story-nano');
const files = Object.fromEntries(
  modelFileNames.map((name) => [name, new Uint8Array(readFileSync(path.join(folder, name)))]),
);
const { config, weights, tokenizer } = readModelFolder(files, Tokenizer.parse, 'story-nano');
const quantised = quantiseWeights(config, weights, schemes['int4-row'], { kinds: selections.glm });
const documents = [...heldOutStories(1, 4)];

describe('rowLosses', () => {
  it.each([
    ['as it is', weights],
    ['quantised', quantised],
  ])('reads what a runtime reads, %s', async (_, own) => {
    const engine = await testEngine(2);
    const runtime = openHostRuntime(engine, config, own);
    const expected = (await lossesOf({ runtime, tokenizer }, documents)) ?? [];
    runtime.destroy();
    const executor = engine.executor(own);
    const losses = (await rowLosses(config, tokenizer, executor, documents)) ?? [];
    executor.destroy();
    const twin = (await rowLosses(config, tokenizer, new TwinExecutor('float32', own), documents.slice(0, 1))) ?? [];
    expect(losses).toHaveLength(4);
    losses.forEach((loss, index) => {
      const { nats, ...rest } = expected[index] ?? { nats: Number.NaN };
      expect(loss).toMatchObject(rest);
      // Sums in another order, over some dozens of tokens.
      expect(Math.abs(loss.nats / nats - 1)).toBeLessThan(1e-4);
    });
    expect(Math.abs((twin[0]?.nats ?? 0) / (losses[0]?.nats ?? 1) - 1)).toBeLessThan(1e-4);
  });

  it('tells of each document, and stops when asked', async () => {
    const executor = (await testEngine(2)).executor(weights);
    let done = 0;
    const onDone = () => {
      done += 1;
    };
    expect(
      await rowLosses(config, tokenizer, executor, documents, { onDone, shouldStop: () => done === 2 }),
    ).toBeNull();
    expect(done).toBe(2);
    executor.destroy();
  });
});
