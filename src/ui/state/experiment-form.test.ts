import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { axisKeys, axisOf } from '../../lab/experiments/axes';
import { presets } from '../../lab/experiments/presets';
import {
  type ExperimentTexts,
  rangesText,
  readExperiment,
  readRanges,
  readValues,
  suggestedValues,
  textsOfPreset,
  valuesText,
} from './experiment-form';
import { baseRecipe } from './recipe-form';

const own = (changes: Partial<ExperimentTexts>) => readExperiment(null, { ...changes }, baseRecipe);
const sentences = (changes: Partial<ExperimentTexts>) => own(changes).problems.map(({ key }) => key);

describe('the form of an experiment', () => {
  test.each(presets)('holds preset $id, and reads as the same experiment', (preset) => {
    const { experiment, problems } = readExperiment(preset, {}, null);
    expect(problems).toEqual([]);
    expect(experiment).toEqual(preset.experiment);
  });

  test('starts with a pair of the recipe in Train', () => {
    const { experiment } = own({});
    expect(experiment?.kind).toBe('pair');
    expect(experiment?.base).toBe(baseRecipe);
    expect(experiment?.arms).toEqual({ kind: 'grid', axes: [{ key: 'seriesBranches', values: [1, 2] }] });
  });

  test('keeps what cannot be read, and says so at its field', () => {
    const { texts, experiment } = own({ axis: 'depth', values: '1, two' });
    expect(experiment).toBeNull();
    expect(texts.values).toBe('1, two');
    expect(sentences({ axis: 'depth', values: '1, two' })).toEqual(['values']);
    expect(sentences({ axis: 'colour' })).toEqual(['axis']);
    expect(sentences({ seeds: '0' })).toEqual(['seeds']);
    expect(sentences({ seeds: '' })).toEqual(['seeds']);
    expect(sentences({ hold: 'parameters', target: 'many' })).toEqual(['target']);
    expect(sentences({ kind: 'sweep', axis: 'depth', values: '2, 2' })).toEqual(['values']);
    expect(sentences({ kind: 'random', ranges: 'depth:8:2' })).toEqual(['ranges']);
  });

  test('refuses a second change of a pair, and values that are not two', () => {
    expect(sentences({ axis2: 'norm', values2: 'rms, layer' })).toEqual(['axis2']);
    expect(sentences({ axis: 'depth', values: '1, 2, 4' })).toEqual(['values']);
  });

  test('refuses to vary one thing twice', () => {
    expect(sentences({ kind: 'sweep', axis: 'depth', values: '1', axis2: 'depth', values2: '2' })).toEqual(['axis2']);
  });

  test('needs a recipe that fits and a text that the page has', () => {
    expect(readExperiment(null, {}, null).problems.map(({ key }) => key)).toEqual(['base']);
    const file = { ...baseRecipe, corpus: { kind: 'file', name: 'a.txt', hash: 'ab' } } as const;
    expect(readExperiment(null, {}, file).problems.map(({ key }) => key)).toEqual(['base']);
  });

  test('other steps stretch the recipe with its warm-up', () => {
    const { experiment } = own({ steps: '600' });
    expect(experiment?.base.steps).toBe(600);
    expect(experiment?.base.warmup).toBe(40);
  });

  test('without a search every arm has the base rate', () => {
    expect(own({ search: 'off' }).experiment?.search.factors).toEqual([1]);
    expect(own({}).experiment?.search.factors.length).toBeGreaterThan(1);
  });

  test('more seeds go on after those of the preset', () => {
    const [preset] = presets;
    const { experiment } = readExperiment(preset, { seeds: '5' }, null);
    expect(experiment?.seeds).toEqual([...preset.experiment.seeds, 4, 5]);
  });
});

describe('a list of values', () => {
  test.each(axisKeys)('of %s is read as it was written', (key) => {
    const { values } = axisOf(key);
    const all = values.kind === 'choice' ? values.choices : values.kind === 'boolean' ? [false, true] : [1, 2, 3];
    expect(readValues(key, valuesText(all))).toEqual(all);
  });

  test.each(axisKeys)('to start with for %s has two values that the axis takes', (key) => {
    const row = axisOf(key);
    const suggested = readValues(key, suggestedValues(key, row.read(baseRecipe, 1024)));
    expect(new Set(suggested).size).toBe(2);
  });
});

test('ranges are read as they were typed', () => {
  const part = fc.stringMatching(/^[\w.-]{0,6}$/);
  const range = fc.tuple(fc.constantFrom(...axisKeys), part, part);
  fc.assert(
    fc.property(fc.array(range), (ranges) => {
      expect(readRanges(rangesText(ranges))).toEqual(ranges);
    }),
  );
});

test('a preset stands in the form with its own recipe', () => {
  expect(textsOfPreset(presets[0]).base).toBe('preset');
});
