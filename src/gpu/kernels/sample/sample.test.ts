import { describe, expect, it } from 'vitest';
import { threefry2x32, uniform24 } from '../../../graph/random';
import type { Comparison, Given } from '../parity';
import { noise, runVariants } from '../parity';
import { bitsOf, descending, floatOf, listed, recordLength } from '../top-tokens/record';
import { sample } from './sample';

interface Settings {
  readonly seed?: number;
  readonly position?: number;
  readonly topK?: number;
  readonly temperature?: number;
  readonly topP?: number;
}

function run(
  values: ArrayLike<number>,
  settings: Settings,
  variants = ['naive', 'thread', 'group'],
): Promise<Comparison[]> {
  const { seed = 1, position = 0, topK = 0, temperature = 1, topP = 1 } = settings;
  const words = (given: number[]): Given => ({ shape: [given.length], values: given, element: 'u32' });
  return runVariants(sample, {
    inputs: {
      logits: { shape: [1, values.length], values },
      settings: words([seed, topK, bitsOf(temperature), bitsOf(topP), 0, 0, 0, 0]),
      cursor: words([position, 7, 3, 0]),
      token: words([0]),
    },
    attributes: {},
    variants,
  });
}

/** Distributions that stress other parts of the rule; V is not a multiple of the group's 256 threads. */
const distributions: Record<string, Float32Array> = {
  'a trained model': noise(1031, 5).map((value) => value * 9),
  'a fresh model, nearly flat': noise(2048, 6).map((value) => value * 0.3),
  'many equal logits': noise(700, 7).map((value) => Math.round(value * 3)),
  'fewer tokens than the list': noise(37, 8).map((value) => value * 2),
  'one sure token': Float32Array.from({ length: 300 }, (_, id) => (id === 123 ? 40 : -id / 100)),
};

const settings: Settings[] = [
  { temperature: 0 },
  { temperature: 1 },
  { temperature: 0.7, topK: 40 },
  { temperature: 1.3, topP: 0.9 },
  { temperature: 0.8, topK: 40, topP: 0.95 },
  { temperature: 1, topK: 1 },
  { temperature: 1, topP: 0 },
  { temperature: 2, topK: 200, topP: 0.97 },
  { temperature: 5, topP: 0.999 },
  { temperature: 1e-9, topP: 0.5 },
];

/** Same choice, list and state; probabilities and entropy within the rounding of V sums in f32. */
function expectSame({ tensor, gpu, twin, variant }: Comparison): void {
  if (tensor !== 'sample') {
    expect(Array.from(gpu), `${variant} ${tensor}`).toEqual(Array.from(twin));
    return;
  }
  const ids = (from: ArrayLike<number>) => [...Array.from(from).slice(0, 2), ...Array.from(from).slice(4, 4 + listed)];
  const numbers = (from: ArrayLike<number>) =>
    [...Array.from(from).slice(2, 4), ...Array.from(from).slice(4 + listed, recordLength)].map(floatOf);
  expect(ids(gpu), variant).toEqual(ids(twin));
  const expected = numbers(twin);
  numbers(gpu).forEach((value, i) => {
    expect(Math.abs(value - (expected[i] as number)), variant).toBeLessThanOrEqual(
      2 ** -16 * (expected[i] as number) + 1e-6,
    );
  });
}

describe('sample', () => {
  describe.each(Object.keys(distributions))('from %s', (name) => {
    it.each(settings)('chooses as the twin does with %j', async (setting) => {
      const logits = distributions[name] as Float32Array;
      for (let draw = 0; draw < 4; draw++) {
        const seed = Math.imul(draw + 1, 0x9e3779b9) >>> 0;
        const comparisons = await run(logits, { ...setting, seed, position: 17 * draw });
        comparisons.forEach(expectSame);
      }
    });
  });

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
      for (const { tensor, gpu, twin, variant } of await run(logits, { ...setting, seed: 77 }, ['thread', 'group'])) {
        if (tensor !== 'token') continue;
        const [chosen, expected] = [gpu[0] as number, twin[0] as number];
        const distance = inIdOrder ? chosen - expected : (places[chosen] as number) - (places[expected] as number);
        // A token holds 1e-5 of the mass and a sum of 70,001 terms in f32 drifts by up to 1e-4 of it: ten tokens.
        expect(Math.abs(distance), `${variant} ${JSON.stringify(setting)}`).toBeLessThanOrEqual(10);
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

describe('the twin of sample', () => {
  const logits = Float64Array.from([1, 3, 0.5, 2, 2, -1, 0, 1.5]);
  const draws = 20_000;

  /** How often each id came in `draws` positions. */
  function frequencies({ topK = 0, temperature = 1, topP = 1 }: Settings): number[] {
    const counts = new Array<number>(logits.length).fill(0);
    const memory = {
      logits,
      settings: Uint32Array.from([5, topK, bitsOf(temperature), bitsOf(topP), 0, 0, 0, 0]),
      cursor: Uint32Array.from([0, 1, 0, 0]),
      token: new Uint32Array(1),
    };
    const node = { inputs: { logits: { shape: [1, logits.length] } } } as unknown as Parameters<typeof sample.twin>[2];
    for (let draw = 0; draw < draws; draw++) {
      sample.twin(memory, { record: new Uint32Array(recordLength) }, node);
      const id = memory.token[0] as number;
      counts[id] = (counts[id] as number) + 1;
    }
    return counts.map((count) => count / draws);
  }

  function expectFrequencies(setting: Settings, kept: readonly number[]): void {
    const weights = Array.from(logits, (logit, id) =>
      kept.includes(id) ? Math.exp(logit / (setting.temperature ?? 1)) : 0,
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    frequencies(setting).forEach((frequency, id) => {
      const p = (weights[id] as number) / total;
      // Five standard errors of a proportion; exactly 0 for what was cut.
      expect(Math.abs(frequency - p)).toBeLessThanOrEqual(5 * Math.sqrt((p * (1 - p)) / draws));
    });
  }

  it('draws each token as often as its probability says', () => {
    expectFrequencies({ temperature: 1 }, [0, 1, 2, 3, 4, 5, 6, 7]);
    expectFrequencies({ temperature: 0.5 }, [0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('keeps the topK highest, ties to the lower id', () => {
    expectFrequencies({ topK: 2 }, [1, 3]);
    expectFrequencies({ topK: 4, temperature: 2 }, [1, 3, 4, 7]);
  });

  it('keeps the smallest set that reaches topP', () => {
    // Descending masses of the total 46.0: 20.1, 7.4, 7.4, 4.5, … so 0.55 needs two tokens and 0.7 three.
    expectFrequencies({ topP: 0.55 }, [1, 3]);
    expectFrequencies({ topP: 0.7 }, [1, 3, 4]);
  });

  it('takes the highest logit at temperature 0', () => {
    expect(frequencies({ temperature: 0 })[1]).toBe(1);
  });

  it('draws with the published generator', () => {
    const [word] = threefry2x32([5, 0x50414e47], [0, 0]);
    const node = { inputs: { logits: { shape: [1, 1000] } } } as unknown as Parameters<typeof sample.twin>[2];
    const token = new Uint32Array(1);
    const words = Uint32Array.from([5, 0, bitsOf(1), bitsOf(1), 0, 0, 0, 0]);
    const memory = { logits: new Float64Array(1000), settings: words, cursor: new Uint32Array(4), token };
    sample.twin(memory, { record: new Uint32Array(recordLength) }, node);
    expect(token[0]).toBe(Math.floor(uniform24(word) * 1000));
  });
});
