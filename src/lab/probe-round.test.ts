import { expect, it } from 'vitest';
import type { Batch } from '../data/batches';
import { type ProbeKind, probe } from '../data/storyworld';
import { notCounted } from '../gpu/kernels/cross-entropy/shape';
import type { Runtime } from '../model/runtime';
import { Tokenizer } from '../tokenizer/tokenizer';
import { bytesTokenizerJson } from '../tokenizer/vocabularies';
import { probeRound, questionsOf } from './probe-round';
import { answerProbe } from './score';

const tokenizer = Tokenizer.parse(bytesTokenizerJson({ documentTokens: true }));

/** Finds one id likelier than all others wherever it stands, and notes the longest text it was given. */
function fond(id: number, context = 4096): { runtime: Runtime; longest(): number } {
  let longest = 0;
  const runtime = {
    config: { max_position_embeddings: context },
    start: async (ids: ArrayLike<number>) => {
      longest = Math.max(longest, ids.length);
    },
    rewind: (position: number) => {
      longest = Math.max(longest, position + 1);
    },
    logits: async () => Float32Array.from({ length: tokenizer.vocabularySize }, (_, other) => (other === id ? 5 : 0)),
  };
  return { runtime: runtime as unknown as Runtime, longest: () => longest };
}

it('asks what the mixture of languages trains', () => {
  const asked = (zhShare: number) => questionsOf(zhShare, 3).map(({ kind, indices }) => `${kind} ${indices.join(' ')}`);
  expect(asked(0)).toEqual(['recall 0 1 2', 'ending 0 2 4', 'counting 0 2 4', 'translation 0 2 4']);
  expect(asked(1)).toEqual(['reading-zh 0 1 2', 'ending 1 3 5', 'counting 1 3 5', 'translation 1 3 5']);
  expect(asked(0.5).map((line) => line.split(' ').slice(1).join(' '))).toEqual(Array(5).fill('0 1 2'));
});

/** Charges 1 nat for each counted target but `cheap`, and notes the batches it was given. */
function charging(cheap: number) {
  const batches: Batch[] = [];
  const losses = async (batch: Batch) => {
    batches.push(batch);
    return Float32Array.from(batch.targets, (id) => (id === notCounted || id === cheap ? 0 : 1));
  };
  return { losses, batches };
}

const options = { zhShare: 0, count: 4, step: 9, rows: 3, context: 900 };

it('counts the right answers of each kind and stops when it is asked to', async () => {
  const trainer = charging(-1);
  const points = await probeRound(trainer, tokenizer, options, () => false);
  expect(points?.map(({ step, kind, n }) => [step, kind, n])).toEqual([
    [9, 'recall', 4],
    [9, 'ending', 4],
    [9, 'counting', 4],
    [9, 'translation', 4],
  ]);
  // Each byte of a choice costs the same here, so the shortest choice is taken, the first of several.
  const taken = ['recall', 'ending', 'counting', 'translation'].map((kind, index) => {
    const questions = questionsOf(0, 4)[index]?.indices.map((at) => probe(kind as ProbeKind, 1, at)) ?? [];
    return questions.filter(({ choices, answer }) => {
      const lengths = choices.map((choice) => new TextEncoder().encode(choice).length);
      return lengths.indexOf(Math.min(...lengths)) === answer;
    }).length;
  });
  expect(points?.map(({ correct }) => correct)).toEqual(taken);
  expect(trainer.batches.length).toBe(Math.ceil((4 * 4 * 4) / 3));
  expect(await probeRound(trainer, tokenizer, options, () => true)).toBeNull();
});

it('reads the end of a long prompt, and leaves out a question whose choices do not fit', async () => {
  const trainer = charging(-1);
  const points = await probeRound(trainer, tokenizer, { ...options, context: 48 }, () => false);
  expect(points?.find(({ kind }) => kind === 'recall')?.n).toBe(4);
  for (const { ids } of trainer.batches) expect(ids.length).toBe(3 * 48);
  expect(await probeRound(trainer, tokenizer, { ...options, context: 1 }, () => false)).toEqual([]);
});

it('finds the choice that the model likes', async () => {
  const question = { prompt: 'Who? ', choices: ['Anna', 'Zoe', 'Tom', 'Ben'] };
  const z = tokenizer.encode('Z')[0] ?? 0;
  // Shorter choices cost less, so of equal length only the liked one is cheaper.
  expect((await answerProbe(fond(z).runtime, tokenizer, question)).best).toBe(1);
});

it('reads the end of a prompt that is longer than the context', async () => {
  const question = probe('recall', 1, 0);
  const { runtime, longest } = fond(5, 40);
  const { losses } = await answerProbe(runtime, tokenizer, question);
  expect(longest()).toBeLessThanOrEqual(40);
  expect(losses.every(Number.isFinite)).toBe(true);
  await expect(answerProbe(fond(5, 2).runtime, tokenizer, question)).rejects.toThrow("the model's context of 2 tokens");
});
