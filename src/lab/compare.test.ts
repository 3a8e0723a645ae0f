import { expect, it } from 'vitest';
import { differenceTo, largestDeviation, vocabularyName } from './compare';
import { differingFields } from './recipe-differences';
import { exampleCurves, exampleRecipe, exampleRun } from './run-example';

it('lists only the fields that differ', () => {
  const { model } = exampleRecipe();
  expect(differingFields([exampleRecipe()])).toEqual([]);
  expect(differingFields([exampleRecipe(), exampleRecipe()])).toEqual([]);
  expect(
    differingFields([
      exampleRecipe(),
      exampleRecipe({ seed: 2, corpus: { kind: 'storyworld', zhShare: 0.5 } }),
      exampleRecipe({ model: { ...model, num_key_value_heads: 1 } }),
    ]),
  ).toEqual([
    { key: 'corpus', values: ['StoryWorld, English', 'StoryWorld, 50 % Chinese', 'StoryWorld, English'] },
    { key: 'model.num_key_value_heads', values: [2, 2, 1] },
    { key: 'seed', values: [1, 2, 1] },
  ]);
});

it('compares at the last step that both runs reached', () => {
  const baseline = exampleRun({ curves: exampleCurves(20, () => 2) });
  const better = exampleRun({ id: 'b', curves: { ...exampleCurves(20, () => 1.5) } });
  expect(differenceTo(baseline, better)).toMatchObject({
    heldOutStep: 20,
    heldOutLoss: -0.5,
    bitsPerCharacter: -0.25,
    lossStep: 20,
    loss: -0.5,
    parameters: 0,
    speed: 1,
  });
  const shorter = exampleRun({ id: 'c', curves: exampleCurves(7, () => 3) });
  expect(differenceTo(baseline, shorter)).toMatchObject({ heldOutStep: 0, lossStep: 7, loss: 1 });
});

it('says nothing of nats a token where the vocabularies differ, nor of runs without a common step', () => {
  const baseline = exampleRun();
  const other = exampleRun({ facts: { ...baseline.facts, vocabulary: 300 } });
  expect(differenceTo(baseline, other)).toMatchObject({ heldOutLoss: null, loss: null, bitsPerCharacter: 0 });
  const empty = exampleRun({ curves: exampleCurves(0) });
  expect(differenceTo(baseline, { ...empty, curves: { ...empty.curves, evaluations: [] } })).toMatchObject({
    heldOutStep: null,
    bitsPerCharacter: null,
    lossStep: null,
    loss: null,
    speed: null,
  });
});

it('knows two prunings of one tokenizer to one size apart', () => {
  const pruned = (method: 'frequency' | 'closed') =>
    exampleRun({ recipe: exampleRecipe({ vocabulary: { kind: 'pruned', from: 'story-nano', size: 300, method } }) });
  expect(vocabularyName(pruned('closed'))).toBe('of story-nano pruned to 300, closed (70)');
  expect(differenceTo(pruned('frequency'), pruned('closed'))).toMatchObject({ heldOutLoss: null, bitsPerCharacter: 0 });
  expect(differenceTo(pruned('closed'), pruned('closed'))).toMatchObject({ heldOutLoss: 0 });
  expect(differingFields([pruned('frequency'), pruned('closed')].map(({ recipe }) => recipe))).toEqual([
    { key: 'vocabulary.method', values: ['frequency', 'closed'] },
  ]);
});

it('finds where two curves part most', () => {
  const a = exampleCurves(10, () => 2);
  const parted = { ...a, steps: a.steps.map((point) => (point.step === 6 ? { ...point, loss: 2.25 } : point)) };
  expect(largestDeviation(a, a)).toMatchObject({ largest: 0, points: 12 });
  expect(largestDeviation(a, parted)).toEqual({ largest: 0.25, step: 6, curve: 'loss', points: 12 });
  const later = { ...a, evaluations: a.evaluations.map((point) => ({ ...point, heldOutLoss: 1 })) };
  expect(largestDeviation(a, later)).toMatchObject({ largest: 1, step: 0, curve: 'heldOutLoss' });
  expect(largestDeviation(a, exampleCurves(0)).points).toBe(1);
});
