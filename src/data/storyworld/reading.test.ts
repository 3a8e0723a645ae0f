/** An independent reader: checks stories and answers by their text alone, without the generator's state. */
import { describe, expect, it } from 'vitest';
import { storyDocument } from './document';
import { NAMES } from './world/names';
import { NUMBERS_EN, NUMBERS_ZH } from './world/words';

interface Read {
  story: string;
  questions: { ask: string; reply: string }[];
}

function read(language: 'en' | 'zh', count: number): Read[] {
  const found: Read[] = [];
  for (let index = 0; found.length < count; index++) {
    const document = storyDocument(21, index, { zh: language === 'zh' ? 1 : 0 });
    if (document.kind !== 'questions') continue;
    const [story = '', ...lines] = document.text.split('\n');
    const questions = lines.map((line) => {
      const match =
        language === 'en' ? /^Question: (.*\?) Answer: (.*)\.$/.exec(line) : /^问：(.*？)答：(.*)。$/.exec(line);
      if (match === null) throw new Error(`"${line}" is not in the form of a question.`);
      return { ask: match[1] ?? '', reply: match[2] ?? '' };
    });
    found.push({ story, questions });
  }
  return found;
}

/** Prepositions belong to the place, not to the story: who went "to the hill" is "on the hill". */
const FUNCTION_WORDS = new Set(['the', 'to', 'in', 'on', 'at', 'by', 'near']);
const numberEn = (word: string) => NUMBERS_EN.indexOf(word);
const numberZh = (word: string) => (word === '两' ? 2 : NUMBERS_ZH.indexOf(word));

describe('questions', () => {
  it('have answers whose words stand in the English story', () => {
    for (const { story, questions } of read('en', 1500)) {
      const words = new Set(story.toLowerCase().match(/[a-z-]+/g));
      for (const { ask, reply } of questions) {
        if (/^How many .* in all/.test(ask)) continue;
        const missing = (reply.toLowerCase().match(/[a-z-]+/g) ?? []).filter(
          (word) => !words.has(word) && !FUNCTION_WORDS.has(word) && !words.has(`${word}s`),
        );
        expect(missing, `${ask} ${reply} / ${story}`).toEqual([]);
      }
    }
  });

  it('have answers that stand in the Chinese story', () => {
    for (const { story, questions } of read('zh', 1500)) {
      for (const { ask, reply } of questions) {
        const core = reply.replace(/^在(.*?)[里上]?$/, '$1').replace('附近', '');
        expect(story.includes(core), `${ask} ${reply} / ${story}`).toBe(true);
      }
    }
  });

  it('agree with the last sentence about who has a thing and where it lies', () => {
    let compared = 0;
    for (const { story, questions } of read('en', 1500)) {
      const last = story.slice(story.lastIndexOf('. ', story.length - 2) + 2);
      for (const { ask, reply } of questions) {
        const thing = /^(?:Who has|Where is) (the .*)\?$/.exec(ask)?.[1];
        if (thing === undefined || !last.includes(thing)) continue;
        expect(last, `${ask} ${reply} / ${story}`).toContain(reply);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(200);
  });

  it('name the colour that stands before the noun in the story', () => {
    let compared = 0;
    for (const { story, questions } of read('en', 1500)) {
      for (const { ask, reply } of questions) {
        const noun = /^What colour is the (.*)\?$/.exec(ask)?.[1];
        if (noun === undefined) continue;
        expect(story).toContain(`${reply} ${noun}`);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(100);
  });
});

describe('numbers', () => {
  it('add up when people shop, in English', () => {
    let checked = 0;
    for (let index = 0; index < 4000; index++) {
      const { text } = storyDocument(22, index, { zh: 0 });
      const story = text.split('\n')[0] ?? '';
      if (!/ (left|still held)/.test(story) || !story.includes(' coin')) continue;
      const [money, price, left, change, total] = [...story.matchAll(/(\w+) coins?\b/g)].map((match) =>
        numberEn(match[1] ?? ''),
      );
      expect(left, story).toBe(Number(money) - Number(price));
      expect([Number(left) + Number(change), Number(left) - Number(change)], story).toContain(total);
      expect(Math.min(Number(left), Number(total)), story).toBeGreaterThan(0);
      checked++;
    }
    expect(checked).toBeGreaterThan(100);
  });

  it('add up when people pick and share, in Chinese', () => {
    const digits = '([一二两三四五六七八九十]+)';
    const first = (story: string, pattern: string) => numberZh(new RegExp(pattern + digits).exec(story)?.[1] ?? '');
    let checked = 0;
    for (let index = 0; index < 4000; index++) {
      const { text } = storyDocument(23, index, { zh: 1 });
      const story = text.split('\n')[0] ?? '';
      const all = first(story, '(?:一共(?:是|有)|总共)');
      if (all < 0) continue;
      const [picked, pickedToo] = [...story.matchAll(new RegExp(`(?:摘了|装了|，得到了|找到了)${digits}`, 'g'))].map(
        (match) => numberZh(match[1] ?? ''),
      );
      const given = first(story, '(?:[^送]给了[^，。]{1,4}?|那里得到了)');
      const kept = first(story, '(?:留下|现在[^，。]{1,4}有)');
      expect(Number(picked) + Number(pickedToo), story).toBe(all);
      expect(Number(picked) - given, story).toBe(kept);
      expect(Math.min(given, kept), story).toBeGreaterThan(0);
      checked++;
    }
    expect(checked).toBeGreaterThan(100);
  });
});

describe('English', () => {
  it('uses a and an as the next sound asks, and starts every sentence with a capital', () => {
    for (let index = 0; index < 3000; index++) {
      const { text } = storyDocument(24, index, { zh: 0 });
      const story = text.split('\n')[0] ?? '';
      expect(story).not.toMatch(/\ba (?=[aeiou]|honest)/i);
      expect(story).not.toMatch(/\ban (?![aeiou]|honest|hour)/i);
      expect(story).not.toMatch(/[.] [a-z]/);
      expect(story).not.toMatch(/ {2}|undefined|null|\{|\}/);
    }
  });

  it('lets he and she mean the one boy or girl named last', () => {
    const gender = new Map(NAMES.map((name) => [name.en, name.gender]));
    let pronouns = 0;
    for (let index = 0; index < 3000; index++) {
      const { text } = storyDocument(25, index, { zh: 0 });
      const sentences = (text.split('\n')[0] ?? '').split(/(?<=[.!?]"?) (?=["A-Z])/);
      sentences.forEach((sentence, at) => {
        const pronoun = /^(He|She) /.exec(sentence)?.[1];
        if (pronoun === undefined) return;
        for (let before = at - 1; before >= 0; before--) {
          const named = (sentences[before]?.match(/[A-Z][a-z]+/g) ?? []).filter(
            (word) => gender.get(word) === (pronoun === 'He' ? 'm' : 'f'),
          );
          if (named.length === 0) continue;
          expect(new Set(named).size, `${sentences[before]} ${sentence}`).toBe(1);
          pronouns++;
          return;
        }
        expect.fail(`"${sentence}" has nobody to refer to in: ${text}`);
      });
    }
    expect(pronouns).toBeGreaterThan(500);
  });
});
