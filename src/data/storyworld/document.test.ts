import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Memo } from './cast';
import { RandomChooser, TextSink } from './chooser';
import { PLOT_NAMES, storyDocument, storyPair, tellStory } from './document';
import { CounterRandom } from './random';
import { isTold, type World } from './state';

describe('storyDocument', () => {
  it('gives the same document for the same seed, index, mixture and stream', () => {
    expect(storyDocument(5, 17)).toEqual(storyDocument(5, 17));
    expect(storyDocument(5, 17).text).not.toBe(storyDocument(5, 18).text);
    expect(storyDocument(5, 17).text).not.toBe(storyDocument(6, 17).text);
  });

  it('keeps the text that the shipped models and their floor were made from', () => {
    const hash = createHash('sha256');
    for (let index = 0; index < 2000; index++) hash.update(storyDocument(1, index).text).update('\0');
    expect(hash.digest('hex')).toBe('8aec3dcec747264ddcf7283209d6b339505821584bec5367123efc7ea72d2320');
  });

  it('repeats fewer than one document in a thousand and shares none between streams', () => {
    const texts = new Set<string>();
    for (let index = 0; index < 20_000; index++) texts.add(storyDocument(8, index).text);
    expect(texts.size).toBeGreaterThan(19_980);
    for (const stream of ['held-out', 'probe'] as const) {
      for (let index = 0; index < 3000; index++) {
        expect(texts.has(storyDocument(8, index, { zh: 0.5 }, stream).text)).toBe(false);
      }
    }
  });

  it('keeps stories and questions short enough for a context of 256 tokens', () => {
    for (let index = 0; index < 10_000; index++) {
      const { text, kind, language } = storyDocument(9, index);
      const [low, high] = language === 'en' ? [240, 930] : [85, 405];
      if (kind === 'translation') expect(text.length).toBeLessThan(260);
      else {
        expect(text.length, text).toBeGreaterThan(low);
        expect(text.length, text).toBeLessThan(high);
      }
    }
  });

  it('mixes kinds and languages in the promised shares', () => {
    const counts = { story: 0, questions: 0, translation: 0, zh: 0 };
    const total = 8000;
    for (let index = 0; index < total; index++) {
      const document = storyDocument(10, index, { zh: 0.25 });
      counts[document.kind]++;
      if (document.language === 'zh') counts.zh++;
    }
    // three standard deviations of a share are below 0.017 here
    expect(counts.story / total).toBeCloseTo(0.45, 1);
    expect(Math.abs(counts.story / total - 0.45)).toBeLessThan(0.017);
    expect(Math.abs(counts.questions / total - 0.4)).toBeLessThan(0.017);
    expect(Math.abs(counts.zh / total - 0.25)).toBeLessThan(0.015);
  });

  it('refuses a share outside 0 to 1', () => {
    expect(() => storyDocument(1, 1, { zh: 1.5 })).toThrow('mixture.zh is 1.5; give a share between 0 and 1.');
  });
});

function told(world: World): string[] {
  const names: string[] = [];
  for (const entity of [...world.people, ...world.things, ...world.places, ...world.counts]) {
    if (!isTold(entity)) continue;
    if (entity.type === 'count') names.push(`${entity.id}=${entity.value}`);
    else if (entity.type === 'thing') names.push(`${entity.id}=${entity.adjective?.en ?? ''} ${entity.name?.en}`);
    else names.push(`${entity.id}=${entity.name?.en}`);
  }
  return names;
}

describe('one story in two languages', () => {
  it('tells the same people, things, places and numbers with the same final state', () => {
    for (let index = 0; index < 1500; index++) {
      const memo: Memo = new Map();
      const [en, zh] = (['en', 'zh'] as const).map((language, purpose) =>
        tellStory(new RandomChooser(new CounterRandom('train', 31, index, purpose)), new TextSink(), language, memo),
      );
      if (en === undefined || zh === undefined) throw new Error('Two tellings were asked for.');
      expect(zh.plot).toBe(en.plot);
      expect(told(zh.world)).toEqual(told(en.world));
      const state = (world: World) => world.things.map((thing) => [thing.holder?.name?.en, thing.place?.name?.en]);
      expect(state(zh.world)).toEqual(state(en.world));
      const facts = (world: World) => world.askable().map((fact) => fact.question.ask.en);
      expect(facts(zh.world)).toEqual(facts(en.world));
    }
  });

  it('is what storyPair returns', () => {
    const { en, zh } = storyPair(5, 0);
    expect(en).toMatch(/^[ -~]+$/);
    expect(zh).not.toMatch(/[A-Za-z]/);
    expect(storyPair(5, 0)).toEqual({ en, zh });
  });
});

describe('the state at the end of a story', () => {
  it('has every thing with one holder or in one place, gives something to ask, and uses every plot', () => {
    const plots = new Set<string>();
    for (let index = 0; index < 3000; index++) {
      const { world, plot } = tellStory(new RandomChooser(new CounterRandom('train', 41, index)), new TextSink(), 'en');
      plots.add(plot);
      for (const thing of world.things) expect(thing.holder === null || thing.place === null).toBe(true);
      const names = world.people.flatMap((person) => person.name ?? []);
      expect(new Set(names).size).toBe(names.length);
      expect(world.askable().length).toBeGreaterThanOrEqual(2);
      expect(world.ending).not.toBeNull();
    }
    expect([...plots].sort()).toEqual([...PLOT_NAMES].sort());
  });
});
