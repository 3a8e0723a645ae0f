import { describe, expect, it } from 'vitest';
import { sampleLines } from './sampleText';
import { Tokenizer } from './tokenizer';
import { trainBpe, trainBpeInSteps } from './train';

const texts = sampleLines(2000, 7);

/** The textbook trainer: count every pair anew for each merge. Slow, short, and what `trainBpe` must agree with. */
function slowMerges(words: readonly (readonly [string, number])[], count: number): string[] {
  let split = words.map(([word, times]) => [[...word], times] as const);
  const alphabet = new Map<string, number>();
  for (const [pieces, times] of split)
    for (const piece of pieces) alphabet.set(piece, (alphabet.get(piece) ?? 0) + times);
  const order = [...alphabet].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([piece]) => piece);
  const merges: string[] = [];
  while (merges.length < count) {
    const counts = new Map<string, number>();
    for (const [pieces, times] of split) {
      for (let i = 0; i + 1 < pieces.length; i += 1) {
        const key = `${order.indexOf(pieces[i] as string)},${order.indexOf(pieces[i + 1] as string)}`;
        counts.set(key, (counts.get(key) ?? 0) + times);
      }
    }
    const ranked = [...counts].map(
      ([key, times]) => [...key.split(',').map(Number), times] as [number, number, number],
    );
    ranked.sort((a, b) => b[2] - a[2] || a[0] - b[0] || a[1] - b[1]);
    const best = ranked[0];
    if (!best || best[2] < 2) break;
    const [left, right] = [order[best[0]] as string, order[best[1]] as string];
    merges.push(`${left}|${right}`);
    order.push(left + right);
    split = split.map(([pieces, times]) => {
      const joined: string[] = [];
      for (let i = 0; i < pieces.length; i += 1) {
        if (pieces[i] === left && pieces[i + 1] === right) {
          joined.push(left + right);
          i += 1;
        } else {
          joined.push(pieces[i] as string);
        }
      }
      return [joined, times] as const;
    });
  }
  return merges;
}

describe('trainBpe', () => {
  it('chooses the merges that counting everything anew would choose', () => {
    const words: [string, number][] = [
      ['hugging', 11],
      ['hug', 10],
      ['pug', 5],
      ['pun', 12],
      ['bun', 4],
      ['hugs', 5],
      ['going', 7],
      ['singing', 3],
    ];
    const text = words.flatMap(([word, count]) => new Array<string>(count).fill(word));
    const json = trainBpe(text, { vocabularySize: 2000, characterCoverage: 1 });
    const expected = slowMerges(words, 1000);
    expect(expected.length).toBeGreaterThan(10);
    expect(json.model.merges.map((pair) => pair.join('|'))).toEqual(expected);
  });

  it('gives the same file twice', () => {
    const options = { vocabularySize: 600 };
    expect(JSON.stringify(trainBpe(texts, options))).toBe(JSON.stringify(trainBpe(texts, options)));
  });

  it('reaches the size asked for, with every id used once and every merge in the vocabulary', () => {
    const { model } = trainBpe(texts, { vocabularySize: 600 });
    expect(Object.values(model.vocab).sort((a, b) => a - b)).toEqual(Array.from({ length: 600 }, (_, id) => id));
    for (const [left, right] of model.merges) expect(model.vocab).toHaveProperty([left + right]);
  });

  it('gives frequent characters their own piece, hanzi included, and leaves rare ones to bytes', () => {
    const tokenizer = Tokenizer.parse(trainBpe([...texts, '罕'], { vocabularySize: 500, characterCoverage: 1 }));
    for (const character of '猫找到苹果的'.slice(0, 5)) expect(tokenizer.encode(character)).toHaveLength(1);
    expect(tokenizer.encode('罕')).toHaveLength(3);
  });

  it('never joins across words, digits or lines, nor past the length limits', () => {
    const { model } = trainBpe(texts, { vocabularySize: 900, maximumPieceLength: 6, maximumHanziLength: 2 });
    for (const [left, right] of model.merges) {
      const piece = left + right;
      expect([...piece].length).toBeLessThanOrEqual(6);
      expect(piece).not.toMatch(/[a-z]\s|[^\r\n][\r\n]|\d\d|[一-鿿]{3}|[a-z][一-鿿]/);
    }
  });

  it('keeps apart what a plain object would confuse', () => {
    const words = new Array<string>(50).fill('__proto__ constructor');
    const tokenizer = Tokenizer.parse(trainBpe(words, { vocabularySize: 330 }));
    expect(tokenizer.decode(tokenizer.encode('__proto__ constructor'))).toBe('__proto__ constructor');
  });

  it('says how many pieces are needed at least', () => {
    expect(() => trainBpe(texts, { vocabularySize: 200 })).toThrow('A vocabulary of 200 pieces has no room');
  });

  it('needs no marks: 256 pieces are then the bytes alone', () => {
    const json = trainBpe(texts, { vocabularySize: 256, special: null });
    expect(json.added_tokens).toEqual([]);
    expect(Object.keys(json.model.vocab)).toHaveLength(256);
    expect(() => trainBpe(texts, { vocabularySize: 258 })).toThrow('258 pieces has no room: 259 are');
  });

  it('counts a long text in parts without changing its words', () => {
    const text = texts.join('\n\r\n');
    expect(text.length).toBeGreaterThan(90_000);
    const whole = trainBpe([text], { vocabularySize: 500 });
    const lines = text.match(/[^\r\n]+|[\r\n]+/g) ?? [];
    expect(whole).toEqual(trainBpe(lines, { vocabularySize: 500 }));
  });

  it('yields between short steps', () => {
    const steps = trainBpeInSteps(texts, { vocabularySize: 700 });
    const pieces: number[] = [];
    for (let step = steps.next(); !step.done; step = steps.next()) pieces.push(step.value.pieces);
    expect(pieces.length).toBeGreaterThan(texts.length);
    expect(pieces.at(-1)).toBe(700);
  });

  it('reports progress up to the last piece', () => {
    const seen: number[] = [];
    trainBpe(texts, { vocabularySize: 700 }, ({ pieces }) => seen.push(pieces));
    expect(seen.at(-1)).toBe(700);
  });
});
