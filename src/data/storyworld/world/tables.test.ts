import { describe, expect, it } from 'vitest';
import { NAMES } from './names';
import { PLACE_POOLS, PLACES } from './places';
import { THING_POOLS, THINGS } from './things';

const distinct = (list: readonly string[]) => expect(new Set(list).size).toBe(list.length);

describe('the tables of the world', () => {
  it('hold 60 names, more than 40 places and more than 180 things, each with its own form in both languages', () => {
    expect(NAMES.length).toBe(60);
    expect(PLACES.length).toBeGreaterThan(40);
    expect(THINGS.length).toBeGreaterThan(180);
    for (const table of [NAMES, PLACES, THINGS]) {
      for (const { en, zh } of table) {
        expect(en).toMatch(/^[A-Za-z -]+$/);
        expect(zh).toMatch(/^\p{Script=Han}+$/u);
      }
      distinct(table.map((entry) => entry.en));
      distinct(table.map((entry) => entry.zh));
    }
    distinct(THINGS.map((thing) => thing.plural));
  });

  it('have names of which none begins another, so that a text tells them apart', () => {
    for (const language of ['en', 'zh'] as const) {
      for (const one of NAMES) {
        for (const other of NAMES) {
          if (one !== other) expect(other[language].startsWith(one[language])).toBe(false);
        }
      }
    }
  });

  it('give every thing a measure word, a class and pools large enough for a story', () => {
    for (const thing of THINGS) {
      expect(thing.measure).toMatch(/^\p{Script=Han}$/u);
      expect(thing.classes.filter((name) => name !== '').length).toBeGreaterThan(0);
      distinct(thing.adjectives.map((adjective) => adjective.en));
    }
    for (const pool of Object.values(THING_POOLS)) expect(pool.length).toBeGreaterThanOrEqual(6);
    for (const pool of Object.values(PLACE_POOLS)) expect(pool.length).toBeGreaterThanOrEqual(5);
  });

  it('never makes one adjective and noun look like another noun', () => {
    for (const language of ['en', 'zh'] as const) {
      const space = language === 'en' ? ' ' : '';
      const forms = THINGS.flatMap((thing) => [
        thing[language],
        ...thing.adjectives.map((adjective) => adjective[language] + space + thing[language]),
      ]);
      distinct(forms);
    }
  });
});
