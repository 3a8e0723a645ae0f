import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { notCounted } from '../../gpu/kernels/cross-entropy/shape';
import { characterCounts } from '../../tokenizer/characterCounts';
import { Tokenizer } from '../../tokenizer/tokenizer';
import { bytesTokenizerJson } from '../../tokenizer/vocabularies';
import { type HeldOutText, HeldOutWindows } from './held-out';

const marked = Tokenizer.parse(bytesTokenizerJson({ documentTokens: true }));
const bare = Tokenizer.parse(bytesTokenizerJson({ documentTokens: false }));

function textOf(tokenizer: Tokenizer, documents: readonly string[]): HeldOutText {
  const { begin, end } = tokenizer.special;
  const ids: number[] = [];
  const starts: number[] = [];
  for (const document of documents) {
    starts.push(ids.length);
    ids.push(...(begin === null ? [] : [begin]), ...tokenizer.encode(document), ...(end === null ? [] : [end]));
  }
  return { ids: Uint16Array.from(ids), starts, counts: characterCounts(tokenizer) };
}

/** Every counted target, as [id it is predicted from, id], in no particular order. */
function predictions(windows: HeldOutWindows, batch: number): string[] {
  const found: string[] = [];
  for (let index = 0; index < windows.batches(batch); index += 1) {
    const { ids, targets } = windows.batch(index, batch);
    targets.forEach((target, i) => {
      if (target !== notCounted) found.push(`${ids[i]}>${target}`);
    });
  }
  return found.sort();
}

const documents = fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '猫', '🙂', 'z'), minLength: 1 }), {
  minLength: 1,
  maxLength: 12,
});

describe('HeldOutWindows', () => {
  it('predict every token of marked documents but begin once, whatever B and T', () => {
    fc.assert(
      fc.property(
        documents,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 4 }),
        (texts, context, batch) => {
          const text = textOf(marked, texts);
          const windows = new HeldOutWindows(text, { context, limit: 1e9 });
          const expected = [...text.ids.keys()]
            .filter((i) => i > 0 && text.ids[i] !== marked.special.begin)
            .map((i) => `${text.ids[i - 1]}>${text.ids[i]}`);
          expect(predictions(windows, batch)).toEqual(expected.sort());
          expect(windows.tokens).toBe(expected.length);
          expect(windows.characters).toBe([...texts.join('')].length);
          expect(windows.documents).toBe(texts.length);
        },
      ),
    );
  });

  it('see a document that fits whole, from its beginning', () => {
    const texts = ['abcdefg', 'xy', 'hijk', 'z'];
    const windows = new HeldOutWindows(textOf(marked, texts), { context: 8, limit: 1e9 });
    const rows = Array.from({ length: windows.rows }, (_, row) =>
      marked.decode(windows.batch(row, 1).ids.filter((id) => id > 2)),
    );
    expect(rows).toEqual(['abcdefg', 'hijkxy', 'z']);
  });

  it('sum characters batch by batch to the whole, rows behind the last counting nothing', () => {
    const windows = new HeldOutWindows(textOf(marked, ['猫找到', 'one', 'two three']), { context: 5, limit: 1e9 });
    const batches = Array.from({ length: windows.batches(4) }, (_, index) => windows.batch(index, 4));
    expect(batches.reduce((sum, batch) => sum + batch.characters, 0)).toBe(windows.characters);
    expect(batches.reduce((sum, batch) => sum + batch.counted, 0)).toBe(windows.tokens);
    expect(windows.rows % 4).not.toBe(0);
    expect(batches.at(-1)?.targets.slice(-5)).toEqual(new Uint32Array(5).fill(notCounted));
  });

  it('cut an unmarked text on a character: what is counted spells whole characters', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 9 }), (limit, context) => {
        const content = '猫a🙂é'.repeat(5);
        const text = textOf(bare, [content]);
        // The first character has nothing to be predicted from.
        const spelled = [...content].slice(1);
        let bytes = 3;
        let characters = 0;
        while (bytes + bare.encode(spelled[characters] as string).length <= limit + 1) {
          bytes += bare.encode(spelled[characters] as string).length;
          characters += 1;
        }
        if (characters === 0) {
          expect(() => new HeldOutWindows(text, { context, limit })).toThrow('give more text');
          return;
        }
        const windows = new HeldOutWindows(text, { context, limit });
        expect(windows.characters).toBe(characters);
        expect(windows.tokens).toBe(bytes - 3);
      }),
    );
  });

  it('keep to the limit with whole documents', () => {
    const text = textOf(marked, ['abc', 'defg', 'hi']);
    expect(new HeldOutWindows(text, { context: 8, limit: 9 })).toMatchObject({ tokens: 9, documents: 2 });
    expect(new HeldOutWindows(text, { context: 8, limit: 8 })).toMatchObject({
      tokens: 4,
      documents: 1,
      characters: 3,
    });
    expect(new HeldOutWindows(text, { context: 8, limit: 2 })).toMatchObject({
      tokens: 2,
      documents: 1,
      characters: 2,
    });
  });

  it('cover the same text in every vocabulary where characters are the limit', () => {
    const texts = ['猫ab', 'd猫', 'hi'];
    const at = (limit: number) => new HeldOutWindows(textOf(marked, texts), { context: 8, limit, unit: 'characters' });
    expect(at(7)).toMatchObject({ documents: 3, characters: 7 });
    expect(at(6)).toMatchObject({ documents: 2, characters: 5, tokens: 11 });
    expect(at(4)).toMatchObject({ documents: 1, characters: 3 });
    // The first document alone is cut: 猫a of 猫ab, without its end.
    expect(at(2)).toMatchObject({ documents: 1, characters: 2, tokens: 4 });
  });

  it('count nothing of a prefix, nor the rest of a character that it cut', () => {
    const windows = new HeldOutWindows(textOf(marked, ['猫ab']), { context: 8, limit: 1e9, prefixLength: 3 });
    // begin 猫₁ | 猫₂ 猫₃ a b end
    expect(windows).toMatchObject({ tokens: 3, characters: 2 });
  });

  it('refuse a text without anything to predict', () => {
    expect(() => new HeldOutWindows(textOf(bare, ['a']), { context: 8, limit: 100 })).toThrow(
      'The held-out text has 1 tokens, of which none can be predicted after a context of 8: give more text.',
    );
  });
});
