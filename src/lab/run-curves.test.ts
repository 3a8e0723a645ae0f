import { expect, it } from 'vitest';
import { noCurves } from '../train/curves';
import { RunCurves } from './run-curves';
import { exampleCurves, exampleRecipe } from './run-example';

const point = (step: number, loss: number) => ({ ...exampleCurves(1).steps[0], step, loss }) as never;

it('puts a step that is passed again in the place of the one before', () => {
  const curves = new RunCurves(noCurves);
  expect([1, 2, 3].map((step) => curves.addStep(point(step, step)))).toEqual([true, true, true]);
  expect(curves.addStep(point(2, 20))).toBe(false);
  expect(curves.addStep(point(4, 4))).toBe(true);
  expect(curves.until().steps.map(({ loss }) => loss)).toEqual([1, 20, 3, 4]);
});

it('keeps the kinds of a round of probes together', () => {
  const curves = new RunCurves(noCurves);
  const round = (step: number, correct: number) => ['recall', 'ending'].map((kind) => ({ step, kind, correct, n: 9 }));
  expect([curves.addProbes(round(5, 1)), curves.addProbes(round(9, 2)), curves.addProbes(round(5, 3))]).toEqual([
    true,
    true,
    false,
  ]);
  expect(curves.until().probes.map(({ step, correct }) => [step, correct])).toEqual([
    [5, 3],
    [5, 3],
    [9, 2],
    [9, 2],
  ]);
  expect([curves.has('probes', 5), curves.has('probes', 6)]).toEqual([true, false]);
});

it('knows what a value was at any step', () => {
  const recipe = exampleRecipe({ learningRate: 1 });
  const curves = new RunCurves(noCurves);
  curves.addChange({ step: 3, key: 'learningRate', from: 1, to: 2 });
  curves.addChange({ step: 3, key: 'batch', from: 2, to: 4 });
  curves.addChange({ step: 6, key: 'learningRate', from: 2, to: 3 });
  expect([3, 4, 6, 7].map((step) => curves.valueAt(recipe, 'learningRate', step))).toEqual([1, 2, 2, 3]);
  expect(curves.valueAt(recipe, 'weightDecay', 9)).toBe(recipe.weightDecay);
});

it('is copied up to a step, and knows when more has come', () => {
  const curves = new RunCurves(exampleCurves(10));
  const copy = curves.until(4);
  expect([copy.steps.length, copy.evaluations.length, copy.samples.length]).toEqual([4, 1, 0]);
  const whole = curves.until();
  expect(curves.matches(whole)).toBe(true);
  curves.addChange({ step: 10, key: 'batch', from: 2, to: 4 });
  expect(curves.matches(whole)).toBe(false);
});
