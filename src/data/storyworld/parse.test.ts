import { describe, expect, it } from 'vitest';
import { storyDocument } from './document';
import { parseDocument } from './parse';

describe('parseDocument', () => {
  it.each(['en', 'zh'] as const)('finds the one derivation of 300 documents that start in %s', (language) => {
    const mixture = { zh: 0.5 };
    let found = 0;
    for (let index = 0; found < 300; index++) {
      const document = storyDocument(51, index, mixture);
      if (document.language !== language) continue;
      found++;
      const parse = parseDocument(document.text, mixture);
      expect(parse.derivations, document.text).toBe(1);
      expect(parse.logProbability).toBeCloseTo(document.logProbability, 9);
    }
  });

  it('counts the mixture in the probability', () => {
    const { text, logProbability } = storyDocument(52, 0, { zh: 1 });
    expect(parseDocument(text, { zh: 1 }).logProbability).toBeCloseTo(logProbability, 9);
    expect(parseDocument(text, { zh: 0.25 }).logProbability).toBeCloseTo(logProbability + Math.log(0.25), 9);
    expect(parseDocument(text, { zh: 0 }).derivations).toBe(0);
  });

  it('finds no derivation of a text the generator cannot tell', () => {
    const { text } = storyDocument(53, 1);
    for (const wrong of ['', text.slice(0, -1), `${text} `, `x${text}`, `${text}${text}`]) {
      expect(parseDocument(wrong)).toEqual({ derivations: 0, logProbability: Number.NEGATIVE_INFINITY });
    }
  });
});
