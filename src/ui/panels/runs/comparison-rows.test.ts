import { expect, it } from 'vitest';
import { exampleCurves, exampleRecipe, exampleRun } from '../../../lab/run-example';
import { differingRows, measuredRows, spreadOf } from './comparison-rows';

const baseline = exampleRun({ id: 'a', curves: exampleCurves(20, () => 2) });
const better = exampleRun({
  id: 'b',
  recipe: exampleRecipe({ learningRate: 0.003 }),
  curves: exampleCurves(20, () => 1.5),
});

it('lists only what differs, in the recipe and around it', () => {
  expect(differingRows([baseline, better])).toEqual([{ key: 'learningRate', values: [0.001, 0.003] }]);
  expect(differingRows([baseline, { ...baseline, adapter: 'Some GPU' }])).toEqual([
    { key: 'adapter', values: ['SwiftShader', 'Some GPU'] },
  ]);
});

it('says run − baseline, with the step it holds at', () => {
  const row = measuredRows(baseline, [baseline, better]).find(({ label }) => label.startsWith('Held-out'));
  expect(row?.cells).toEqual([
    { value: '2.000', difference: null, note: 'step 20' },
    { value: '1.500', difference: '−0.500', note: 'step 20' },
  ]);
});

it('compares at the last step that both reached', () => {
  const short = { ...better, curves: exampleCurves(10, () => 3) };
  const row = measuredRows(baseline, [baseline, short]).find(({ label }) => label.startsWith('Training'));
  expect(row?.cells[1]).toEqual({ value: '3.000', difference: '+1.000', note: 'step 10' });
});

it('leaves nats a token out where vocabularies differ, and keeps bits per character', () => {
  const other = { ...better, facts: { ...better.facts, vocabulary: 90 } };
  const [nats, bits] = measuredRows(baseline, [baseline, other]);
  expect(nats?.cells[1]?.difference).toBeNull();
  expect(bits?.cells[1]?.difference).toBe('−0.250');
});

it('knows what chance does only from one recipe with several seeds', () => {
  const seed = (value: number, loss: number) =>
    exampleRun({ id: `s${value}`, recipe: exampleRecipe({ seed: value }), curves: exampleCurves(20, () => loss) });
  expect(spreadOf([baseline, better])).toBeNull();
  expect(spreadOf([seed(1, 2), seed(2, 2.5), better])).toEqual({ bits: 0.25, count: 2 });
});
