import { describe, expect, test } from 'vitest';
import type { GeneratedToken } from '../../../worker/protocol';
import { surpriseStep, tokenUnits, unitAt, unitProbability } from './tokenUnits';

const written = (position: number, text: string, probability = 0.5): GeneratedToken => ({
  id: position,
  position,
  text,
  probability,
  entropy: 1,
  alternatives: [],
});
const prompt = [
  { id: 1, text: '' },
  { id: 7, text: 'Hi' },
];

describe('units of the text', () => {
  test('each token with text is a unit, and so is the begin token', () => {
    expect(tokenUnits(prompt, [written(2, ' Tom')]).map((unit) => unit.text)).toEqual(['', 'Hi', ' Tom']);
  });

  test('the byte tokens of an emoji are one unit, whose probability is their product', () => {
    const bytes = [written(2, '', 0.5), written(3, '', 0.5), written(4, '', 1), written(5, '🙂', 0.8), written(6, '!')];
    const units = tokenUnits(prompt, bytes);
    expect(units.map((unit) => unit.text)).toEqual(['', 'Hi', '🙂', '!']);
    const emoji = unitAt(units, 3);
    expect(emoji?.pieces.map((piece) => piece.position)).toEqual([2, 3, 4, 5]);
    expect(emoji && unitProbability(emoji)).toBeCloseTo(0.2, 12);
  });

  test('a character that is not complete yet is a unit at the end', () => {
    const units = tokenUnits(prompt, [written(2, ''), written(3, '')]);
    expect(units.at(-1)).toMatchObject({ text: '', pieces: [{ position: 2 }, { position: 3 }] });
  });

  test('a character begun by the prompt and ended by the model counts the written part', () => {
    const units = tokenUnits([...prompt, { id: 9, text: '' }], [written(3, 'é', 0.25)]);
    expect(units.at(-1)?.text).toBe('é');
    expect(unitProbability(units.at(-1) as (typeof units)[number])).toBe(0.25);
  });

  test('a prompt has no probability and an unknown position no unit', () => {
    const units = tokenUnits(prompt, []);
    expect(unitProbability(units[1] as (typeof units)[number])).toBeNull();
    expect(unitAt(units, 99)).toBeNull();
  });

  test.each([
    [1, 0],
    [0.8, 0],
    [0.5, 1],
    [0.2, 2],
    [0.05, 3],
    [0.049, 4],
  ])('probability %d is step %d', (probability, step) => expect(surpriseStep(probability)).toBe(step));
});
