import { describe, expect, it } from 'vitest';
import { parseDocument } from './parse';
import { type ProbeKind, probe } from './probes';

const KINDS: readonly ProbeKind[] = ['recall', 'ending', 'reading-zh', 'counting', 'translation'];

describe('probe', () => {
  it.each(KINDS)('%s offers four distinct choices, the same ones each time', (kind) => {
    const answers = [0, 0, 0, 0];
    for (let index = 0; index < 300; index++) {
      const one = probe(kind, 3, index);
      expect(new Set(one.choices).size).toBe(4);
      expect(one.choices[one.answer]).toBeDefined();
      answers[one.answer] = (answers[one.answer] ?? 0) + 1;
      if (index < 20) expect(probe(kind, 3, index)).toEqual(one);
    }
    // a position that held the answer in fewer than 45 of 300 probes would be 4 standard deviations off
    expect(Math.min(...answers)).toBeGreaterThan(45);
  });

  it.each(KINDS)('%s has a right choice that makes a document of the generator', (kind) => {
    for (let index = 0; index < 40; index++) {
      const { prompt, choices, answer } = probe(kind, 4, index);
      expect(parseDocument(prompt + choices[answer]).derivations, prompt + choices[answer]).toBe(1);
    }
  });

  it('recall and reading-zh have wrong choices that would be false answers', () => {
    for (const kind of ['recall', 'reading-zh', 'counting', 'ending'] as const) {
      for (let index = 0; index < 25; index++) {
        const { prompt, choices, answer } = probe(kind, 5, index);
        choices.forEach((choice, at) => {
          if (at !== answer) expect(parseDocument(prompt + choice).derivations, prompt + choice).toBe(0);
        });
      }
    }
  });

  it('keeps the language of each kind', () => {
    expect(probe('recall', 1, 1).language).toBe('en');
    expect(probe('reading-zh', 1, 0).language).toBe('zh');
    expect(probe('counting', 1, 0).language).toBe('en');
    expect(probe('counting', 1, 1).language).toBe('zh');
    expect(probe('counting', 1, 0).prompt).toMatch(/Question: .* Answer:$/);
  });
});
