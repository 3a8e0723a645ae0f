import { describe, expect, it } from 'vitest';
import { type Comparison, type Given, noise } from '../../gpu/kernels/parity';
import { sample } from '../../gpu/kernels/sample/sample';
import { bitsOf, descending, floatOf, listed, recordLength } from '../../gpu/kernels/top-tokens/record';
import { topTokens } from '../../gpu/kernels/top-tokens/top-tokens';
import { runWasm } from '../parity';

interface Settings {
  readonly seed?: number;
  readonly position?: number;
  readonly topK?: number;
  readonly temperature?: number;
  readonly topP?: number;
}

function run(values: ArrayLike<number>, settings: Settings): Promise<Comparison[]> {
  const { seed = 1, position = 0, topK = 0, temperature = 1, topP = 1 } = settings;
  const words = (given: number[]): Given => ({ shape: [given.length], values: given, element: 'u32' });
  return runWasm(sample, {
    inputs: {
      logits: { shape: [1, values.length], values },
      settings: words([seed, topK, bitsOf(temperature), bitsOf(topP), 0, 0, 0, 0]),
      cursor: words([position, 7, 3, 0]),
      token: words([0]),
    },
    attributes: {},
  });
}

/** Distributions that stress other parts of the rule. */
const distributions: Record<string, Float32Array> = {
  'a trained model': noise(1031, 5).map((value) => value * 9),
  'a fresh model, nearly flat': noise(2048, 6).map((value) => value * 0.3),
  'many equal logits': noise(700, 7).map((value) => Math.round(value * 3)),
  'equal logits and no others': new Float32Array(65).fill(-2),
  'zeros of both signs': Float32Array.from({ length: 99 }, (_, id) => (id % 2 === 0 ? -0 : 0)),
  'fewer tokens than the list': noise(7, 8).map((value) => value * 2),
  'a single token': Float32Array.of(3),
  'one sure token': Float32Array.from({ length: 300 }, (_, id) => (id === 123 ? 40 : -id / 100)),
  'logits that rise': Float32Array.from({ length: 8192 }, (_, id) => id / 500),
  'logits far apart': noise(513, 9).map((value) => value * 1e6),
};

const settings: Settings[] = [
  { temperature: 0 },
  { temperature: Number.NaN },
  { temperature: 1 },
  { temperature: 0.7, topK: 40 },
  { temperature: 1.3, topP: 0.9 },
  { temperature: 0.8, topK: 40, topP: 0.95 },
  { temperature: 1, topK: 1 },
  { temperature: 1, topP: 0 },
  { temperature: 1, topP: Number.NaN, topK: 3 },
  { temperature: 2, topK: 200, topP: 0.97 },
  { temperature: 5, topP: 0.999 },
  { temperature: 1e-9, topP: 0.5 },
  { temperature: 1e9, topK: 0xffffffff },
];

/** Same choice, list and state; probabilities and entropy within the rounding of f32 (sums are float64). */
function expectSame({ tensor, gpu, twin }: Comparison): void {
  if (tensor !== 'sample' && tensor !== 'topTokens') {
    expect(Array.from(gpu), tensor).toEqual(Array.from(twin));
    return;
  }
  for (let start = 0; start < gpu.length; start += recordLength) {
    const words = (from: ArrayLike<number>, first: number, end: number) =>
      Array.from(from).slice(start + first, start + end);
    const ids = (from: ArrayLike<number>) => [...words(from, 0, 2), ...words(from, 4, 4 + listed)];
    expect(ids(gpu)).toEqual(ids(twin));
    const numbers = (from: ArrayLike<number>) =>
      [...words(from, 2, 4), ...words(from, 4 + listed, recordLength)].map(floatOf);
    const expected = numbers(twin);
    numbers(gpu).forEach((value, i) => {
      expect(Math.abs(value - (expected[i] as number))).toBeLessThanOrEqual(2 ** -20 * (expected[i] as number) + 1e-7);
    });
  }
}

describe.each(Object.keys(distributions))('sample on WebAssembly from %s', (name) => {
  it.each(settings)('chooses as the twin does with %j', async (setting) => {
    const logits = distributions[name] as Float32Array;
    for (let draw = 0; draw < 4; draw++) {
      const seed = Math.imul(draw + 1, 0x9e3779b9) >>> 0;
      const comparisons = await run(logits, { ...setting, seed, position: 17 * draw });
      comparisons.forEach(expectSame);
    }
  });
});

describe('sample on WebAssembly', () => {
  it('gives a valid id for logits that are not numbers', async () => {
    const odd = Float32Array.from({ length: 50 }, (_, id) =>
      id % 3 === 0 ? Number.NaN : id % 3 === 1 ? Number.NEGATIVE_INFINITY : 1,
    );
    const infinite = odd.map((value, id) => (id === 30 || id === 40 ? Number.POSITIVE_INFINITY : value));
    const nothing = odd.map(() => Number.NaN);
    for (const logits of [odd, infinite, nothing]) {
      for (const setting of [{ temperature: 0 }, { temperature: 1 }, { temperature: 1, topP: 0.9 }, { topK: 20 }]) {
        for (const comparison of await run(logits, { ...setting, seed: 9 })) {
          expectSame(comparison);
          if (comparison.tensor === 'token') expect(comparison.gpu[0]).toBeLessThan(50);
        }
      }
    }
  });

  it('cuts far down a large vocabulary', async () => {
    // Steps of a hundredth leave hundreds of tokens with the same logit, so ids decide where a cut falls.
    const logits = noise(70_001, 10).map((value) => Math.round(value * 30) / 100);
    const places = new Uint32Array(logits.length);
    descending(Float64Array.from(logits)).forEach((id, place) => {
      places[id] = place;
    });
    for (const setting of [{ topP: 0.9 }, { topK: 5000, temperature: 0.7 }, { topK: 40_000, topP: 0.5 }, {}]) {
      const inIdOrder = Object.keys(setting).length === 0;
      for (const { tensor, gpu, twin } of await run(logits, { ...setting, seed: 77 })) {
        if (tensor !== 'token') continue;
        const [chosen, expected] = [gpu[0] as number, twin[0] as number];
        const distance = inIdOrder ? chosen - expected : (places[chosen] as number) - (places[expected] as number);
        // A weight in f32 is off by 1e-7 of itself, and a token holds 1e-5 of the mass: the next one at most.
        expect(Math.abs(distance), JSON.stringify(setting)).toBeLessThanOrEqual(1);
      }
    }
  });

  it('moves the cursor on and leaves the prefix alone', async () => {
    for (const { tensor, gpu } of await run([0, 5, 1], { temperature: 0, position: 41 })) {
      if (tensor === 'cursor') expect(Array.from(gpu)).toEqual([42, 1, 3, 0]);
      if (tensor === 'token') expect(Array.from(gpu)).toEqual([1]);
    }
  });
});

describe('topTokens on WebAssembly', () => {
  it.each([
    [1, 1],
    [3, 2],
    [2, 10],
    [5, 11],
    [1, 257],
    [9, 1024],
    [2, 6144],
  ])('agrees with the twin for %d rows of %d logits', async (M, V) => {
    const logits = { shape: [M, V], values: noise(M * V, 3).map((value) => value * 6) };
    (await runWasm(topTokens, { inputs: { logits }, attributes: {} })).forEach(expectSame);
  });

  it('lists equal logits by id, and what is not a number last', async () => {
    const values = Array.from({ length: 300 }, (_, id) => (id % 7 === 0 ? 2 : id % 5 === 0 ? Number.NaN : id % 3));
    const logits = { shape: [2, 150], values };
    (await runWasm(topTokens, { inputs: { logits }, attributes: {} })).forEach(expectSame);
    const nothing = { shape: [1, 13], values: new Array(13).fill(Number.NaN) };
    (await runWasm(topTokens, { inputs: { logits: nothing }, attributes: {} })).forEach(expectSame);
  });
});
