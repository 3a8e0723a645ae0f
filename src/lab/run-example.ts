/** Small runs for tests: one made up, with twenty steps of a falling loss, and a recipe and a text that train in a moment. */
import type { DataFiles } from '../data/corpus';
import type { Curves } from '../train/curves';
import { parseRecipe, type Recipe } from '../train/recipe';
import type { RunRecord } from './run-record';

export function exampleRecipe(changes: Partial<Recipe> = {}): Recipe {
  return parseRecipe(
    {
      schemaVersion: 1,
      model: {
        hidden_size: 16,
        num_hidden_layers: 2,
        num_attention_heads: 2,
        intermediate_size: 32,
        max_position_embeddings: 16,
      },
      corpus: { kind: 'storyworld', zhShare: 0 },
      vocabulary: { kind: 'characters' },
      context: 16,
      batch: 2,
      steps: 20,
      warmup: 2,
      ...changes,
    },
    'example',
  );
}

export function exampleCurves(steps: number, loss = (step: number) => 4 / step): Curves {
  const numbers = Array.from({ length: steps }, (_, index) => index + 1);
  return {
    steps: numbers.map((step) => ({
      step,
      loss: loss(step),
      learningRate: 1e-3,
      gradientNorm: 1,
      groupNorms: [1, 1, 1, 1, 1, 1],
      updateRatios: [0, 0, 0, 0, 0, 0],
      tokensPerSecond: 1000,
    })),
    evaluations: [0, steps].map((step) => ({
      step,
      heldOutLoss: loss(Math.max(1, step)),
      bitsPerCharacter: loss(Math.max(1, step)) / 2,
      tokens: 100,
      characters: 300,
    })),
    probes: [{ step: steps, kind: 'recall', correct: 3, n: 8 }],
    samples: [{ step: steps, text: 'Nora found a key.' }],
    changes: [],
    carriers: [{ step: 0, adapter: 'SwiftShader' }],
  };
}

export function exampleRun(changes: Partial<RunRecord> = {}): RunRecord {
  return {
    schemaVersion: 1,
    id: 'run-1',
    name: null,
    created: '2026-01-31T12:00:00.000Z',
    state: 'done',
    recipe: exampleRecipe(),
    adapter: 'SwiftShader',
    facts: {
      parameters: 5000,
      vocabulary: 70,
      dataHash: '0123abcd',
      kernelsHash: '89ab4567',
      trainingTokens: null,
      heldOutTokens: 100,
      freshLoss: Math.log(70),
      floor: { nats: 0.5, bitsPerCharacter: 0.25 },
      cost: { flops: 1e6, dispatches: 60, submits: 1, weightBytes: 80_000, activationBytes: 10_000, tokens: 32 },
    },
    curves: exampleCurves(20),
    seconds: 2,
    problem: null,
    ...changes,
  };
}

/** Words of three kinds in a fixed order of kinds: little to learn, but something. */
const words = [
  ['the', 'a', 'one'],
  ['cat', 'dog', 'fox', 'hen'],
  ['sat', 'ran', 'hid'],
] as const;

const exampleText = Array.from({ length: 900 }, (_, index) => {
  const kind = words[index % words.length] ?? [];
  return kind[(index * index * 7 + (index >> 3)) % kind.length];
}).join(' ');

/** Files for a recipe whose corpus is the text above. */
export const textFiles: DataFiles = {
  manifest: () => Promise.reject(new Error('There is no manifest here.')),
  corpus: () => Promise.reject(new Error('There is no corpus here.')),
  given: async () => new TextEncoder().encode(exampleText),
  tokenizer: () => Promise.reject(new Error('There is no tokenizer here.')),
};

/** Twelve steps of a model with two layers of width 16 on the text above. */
export function tinyRecipe(changes: Partial<Recipe> = {}): Recipe {
  return exampleRecipe({
    corpus: { kind: 'file', name: 'words.txt', hash: '0' },
    split: 'tail',
    context: 8,
    steps: 12,
    learningRate: 0.01,
    evaluateEvery: 5,
    heldOutTokens: 100,
    sampleEvery: 6,
    sampleTokens: 6,
    samplePrompt: 'the ',
    snapshotEvery: 4,
    ...changes,
  });
}
