import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parameterCount } from '../../model/names';
import { parseRecipe, recipeProblems } from '../../train/recipe';
import { armsOf } from './arms';
import type { Experiment } from './experiment';
import { anyRecipe } from './experiment-arbitrary';
import { exampleArms, exampleExperiment, exampleVocabulary } from './experiment-example';
import { configOf } from './parameters';

const sentences = (experiment: Experiment) =>
  armsOf(experiment, exampleVocabulary).problems.map(({ sentence }) => sentence);

describe('the arms of a grid', () => {
  it('are every combination, named by their values, with their counts', () => {
    const experiment = exampleExperiment({
      arms: {
        kind: 'grid',
        axes: [
          { key: 'depth', values: [1, 2] },
          { key: 'norm', values: ['rms', 'layer'] },
        ],
      },
    });
    const arms = exampleArms(experiment);
    expect(arms.map(({ id }) => id)).toEqual([
      'depth=1,norm=rms',
      'depth=1,norm=layer',
      'depth=2,norm=rms',
      'depth=2,norm=layer',
    ]);
    for (const { recipe, parameters, tokens, tokensPerParameter, mismatch } of arms) {
      expect(parameters).toBe(parameterCount(configOf(recipe, exampleVocabulary)));
      expect(tokens).toBe(100 * 2 * 16);
      expect(tokensPerParameter).toBe(tokens / parameters);
      expect(mismatch).toBeNull();
      expect(recipe).toMatchObject({ seed: 1, learningRate: 1e-3, evaluateEvery: 7, sampleEvery: 0, probeEvery: 0 });
    }
  });

  it('are valid recipes that a file holds unchanged, whatever the base', () => {
    fc.assert(
      fc.property(anyRecipe, (base) => {
        const experiment = exampleExperiment({
          base,
          arms: {
            kind: 'grid',
            axes: [
              { key: 'depth', values: [1, 3] },
              { key: 'expansion', values: [1, 2.5] },
            ],
          },
          hold: { quantity: 'parameters', free: 'model.hidden_size', target: null },
          length: { kind: 'tokensPerParameter', value: 2 },
        });
        const { arms, problems } = armsOf(experiment, exampleVocabulary);
        expect(arms.length + problems.length).toBeGreaterThanOrEqual(4);
        for (const { recipe, mismatch } of arms) {
          expect(recipeProblems(recipe)).toEqual([]);
          expect(parseRecipe(JSON.parse(JSON.stringify(recipe)), 'file')).toEqual(recipe);
          expect(mismatch).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  it('are as long as their own parameters ask for, with the same share of warm-up', () => {
    const arms = exampleArms(exampleExperiment({ length: { kind: 'tokensPerParameter', value: 20 } }));
    for (const { recipe, parameters, tokensPerParameter } of arms) {
      expect(recipe.steps).toBe(Math.ceil((20 * parameters) / 32));
      expect(recipe.warmup).toBe(Math.round(recipe.steps / 10));
      expect(tokensPerParameter).toBeGreaterThanOrEqual(20);
      expect(tokensPerParameter).toBeLessThan(20.1);
    }
  });

  it('may have their length as an axis, counted after the budget is solved', () => {
    const [short, long] = exampleArms(
      exampleExperiment({
        arms: {
          kind: 'grid',
          axes: [
            { key: 'depth', values: [4] },
            { key: 'tokensPerParameter', values: [5, 10] },
          ],
        },
        hold: { quantity: 'parameters', free: 'model.hidden_size', target: null },
      }),
    );
    expect(short?.tokensPerParameter).toBeCloseTo(5, 1);
    expect(long?.tokensPerParameter).toBeCloseTo(10, 1);
    expect(short?.parameters).toBe(long?.parameters);
  });

  it('stay under the budget, and a note says where they stay far under it', () => {
    const hold = { quantity: 'parameters', free: 'model.hidden_size', target: 100_000 } as const;
    const { arms, problems, notes } = armsOf(exampleExperiment({ hold }), exampleVocabulary);
    expect(problems).toEqual([]);
    expect(arms.every(({ parameters }) => parameters <= 100_000)).toBe(true);
    for (const { parameters, mismatch } of arms) expect(mismatch).toBeCloseTo(1 - parameters / 100_000, 12);
    expect(notes.map(({ values }) => values)).toEqual(
      arms.filter(({ mismatch }) => (mismatch ?? 0) > 0.02).map(({ values }) => values),
    );
    expect(notes[0]?.sentence).toMatch(
      /^depth 1: [\d.]+ % under the budget with hidden_size \d+; the next hidden_size would be [\d.]+ % over it\./,
    );
  });
});

describe('arms that cannot be made', () => {
  it('are reported with their values, all at once', () => {
    const { arms, problems } = armsOf(
      exampleExperiment({ arms: { kind: 'grid', axes: [{ key: 'headSize', values: [8, 12, 3] }] } }),
      exampleVocabulary,
    );
    expect(arms.map(({ id }) => id)).toEqual(['headSize=8']);
    expect(problems.map(({ values }) => values)).toEqual([[12], [3]]);
    expect(problems[0]?.sentence).toBe(
      'headSize 12: A head of size 12 does not divide a width of 16 into even sizes: choose 8 or 16.',
    );
  });

  it('say what the budget would have to be', () => {
    const hold = { quantity: 'parameters', free: 'model.hidden_size', target: 1000 } as const;
    expect(sentences(exampleExperiment({ hold }))).toHaveLength(1);
    expect(sentences(exampleExperiment({ hold }))[0]).toMatch(
      /^depth 4: With depth 4, even a hidden_size of 4 needs 1\.\d+ k parameters, over the 1 k parameters: raise the budget/,
    );
  });

  it('need more steps than a run may have', () => {
    const experiment = exampleExperiment({ length: { kind: 'tokensPerParameter', value: 10_000 } });
    expect(sentences(experiment)[0]).toMatch(/^depth 1: steps is \d+: choose a whole number from 1 to 1000000\.$/);
  });

  it('are the same run: a note in a sweep, a problem where nothing else is left', () => {
    const rule = { key: 'batchRule', values: [0, 1] } as const;
    expect(sentences(exampleExperiment({ arms: { kind: 'grid', axes: [rule] } }))).toEqual([
      'batchRule=1 and batchRule=0 are the same run: their values come to one recipe. Change one, or leave it out.',
    ]);
    const { arms, problems, notes } = armsOf(
      exampleExperiment({ arms: { kind: 'grid', axes: [{ key: 'batch', values: [2, 8] }, rule] } }),
      exampleVocabulary,
    );
    expect([arms.length, problems, notes.length]).toEqual([4, [], 1]);
    expect(arms.map(({ recipe }) => recipe.learningRate / 1e-3)).toEqual([1, 1, 1, 4]);
  });
});

describe('random arms', () => {
  it('are solved for the budget like others', () => {
    const arms = exampleArms(
      exampleExperiment({
        arms: {
          kind: 'random',
          ranges: [
            { key: 'depth', from: 1, to: 8 },
            { key: 'expansion', from: 1, to: 4 },
          ],
          count: 10,
          seed: 1,
        },
        hold: { quantity: 'parameters', free: 'model.hidden_size', target: 60_000 },
      }),
    );
    expect(new Set(arms.map(({ id }) => id)).size).toBe(10);
    expect(arms.every(({ mismatch }) => mismatch !== null && mismatch >= 0 && mismatch < 0.2)).toBe(true);
  });
});
