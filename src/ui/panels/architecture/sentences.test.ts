import { expect, test } from 'vitest';
import type { ExperimentRecord } from '../../../lab/experiments/experiment';
import { exampleExperiment, exampleRecord } from '../../../lab/experiments/experiment-example';
import { armFigures, differenceCurve, floorNear } from './figures';
import { predictionSentence, sentencesOf } from './sentences';

const experiment = exampleExperiment();
const apart = { 'depth=1': [2, 2.1, 2.2], 'depth=2': [1.5, 1.6, 1.7], 'depth=4': [1.4, 1.7, 1.6] };

function props(record: ExperimentRecord) {
  return { record, figures: armFigures(record, 'bitsPerCharacter'), metric: 'bitsPerCharacter' } as const;
}

test('the best arm is named, and only what its interval tells apart is called different', () => {
  const said = sentencesOf(props(exampleRecord(experiment, apart))).join(' ');
  expect(said).toContain('Best: 4 layers, at 1.567 bits per character (n = 3).');
  expect(said).toContain('4 layers and 2 layers: not distinguishable with n = 3.');
  expect(said).toContain('4 layers against 1 layer: −0.533 bits per character');
});

test('one seed each has no interval, and the sentence says so once', () => {
  const record = exampleRecord(exampleExperiment({ seeds: [1] }), {
    'depth=1': [2],
    'depth=2': [1.5],
    'depth=4': [1.4],
  });
  const said = sentencesOf(props(record));
  expect(said.filter((sentence) => sentence.includes('no interval'))).toHaveLength(1);
});

test('runs that diverged are counted and do not count', () => {
  const record = exampleRecord(experiment, { ...apart, 'depth=1': [null, 2.1, 2.2] });
  expect(sentencesOf(props(record)).join(' ')).toContain('1 run diverged and does not count.');
});

test('before the first run there is nothing to say', () => {
  expect(sentencesOf(props(exampleRecord(experiment, {})))).toEqual(['No run has ended yet.']);
});

test('a prediction is called wrong only where the intervals say so', () => {
  const said = (prediction: string) => predictionSentence(props(exampleRecord(experiment, apart, { prediction })));
  expect(said('depth=1')).toBe('You said 1 layer; it was 4 layers.');
  expect(said('depth=2')).toContain('not distinguishable');
  expect(said('depth=4')).toContain('it is ahead');
  expect(predictionSentence(props(exampleRecord(experiment, apart)))).toBe('');
});

test('a difference along the run pairs the seeds and leaves out the fresh model', () => {
  const [one, two] = armFigures(exampleRecord(experiment, apart), 'bitsPerCharacter');
  const curve = one && two ? differenceCurve(one, two, 'bitsPerCharacter') : [];
  expect(curve.map(({ step }) => step)).toEqual([50, 100]);
  expect(curve.at(-1)?.mean).toBeCloseTo(0.5);
  expect(curve.at(-1)?.n).toBe(3);
});

test('a floor is drawn only where it does not press the values together', () => {
  expect(floorNear(1, [1.5, 2])).toBe(1);
  expect(floorNear(0.1, [1.5, 1.6])).toBeNull();
  expect(floorNear(null, [1])).toBeNull();
  expect(floorNear(1, [])).toBeNull();
});
