import { describe, expect, it } from 'vitest';
import { isHeldOut } from '../text';
import { characterCount } from './documents';
import { cutTail, fileDocuments, splitByHash, splitTail } from './split';

const documents = Array.from({ length: 500 }, (_, i) => ({ text: `document ${i}`, language: 'en' as const }));
const textsOf = (list: readonly { text: string }[]) => list.map(({ text }) => text);

describe('splitByHash', () => {
  it('puts each document on the side its text decides, both sides mixed and always alike', () => {
    const { train, heldOut } = splitByHash(documents, 0.1);
    expect(heldOut.every(({ text }) => isHeldOut(text, 0.1))).toBe(true);
    expect([...textsOf(train), ...textsOf(heldOut)].sort()).toEqual(textsOf(documents).sort());
    expect(textsOf(train)).not.toEqual(textsOf(documents.filter(({ text }) => !isHeldOut(text, 0.1))));
    expect(splitByHash(documents, 0.1)).toEqual({ train, heldOut });
  });

  it('takes the last tenth where hashing holds nothing out', () => {
    const few = documents.filter(({ text }) => !isHeldOut(text, 0.1)).slice(0, 12);
    const { train, heldOut } = splitByHash(few, 0.1);
    expect([...train, ...heldOut]).toEqual(few);
    expect(heldOut).toHaveLength(2);
  });

  it('cuts a document that is alone', () => {
    const alone = documents.slice(0, 1).map((document) => ({ ...document, text: '0123456789'.repeat(10) }));
    const { train, heldOut } = splitByHash(alone, 0.1);
    expect(train[0]?.text).toHaveLength(90);
    expect(heldOut).toEqual([{ text: '0123456789', language: 'en' }]);
  });
});

describe('splitTail', () => {
  it('holds out the last documents with a tenth of the text', () => {
    const { train, heldOut } = splitTail(documents);
    expect([...train, ...heldOut]).toEqual(documents);
    const length = (list: readonly { text: string }[]) => textsOf(list).join('').length;
    expect(length(heldOut) / length(documents)).toBeCloseTo(0.1, 2);
  });
});

describe('cutTail', () => {
  it('loses nothing and never cuts a character', () => {
    for (const text of ['🙂🙂🙂🙂🙂🙂', 'a🙂🙂🙂🙂🙂', 'abc', 'x'.repeat(1_115_394)]) {
      const { head, tail } = cutTail(text);
      expect(head + tail).toBe(text);
      expect(tail).not.toMatch(/^\p{Cs}/u);
      expect(tail.length).toBeGreaterThan(0);
    }
    // The sizes of nanoGPT's tiny Shakespeare.
    expect(cutTail('x'.repeat(1_115_394)).head).toHaveLength(1_003_854);
  });
});

describe('fileDocuments', () => {
  it('packs paragraphs, blank lines between them, lines inside them kept', () => {
    const text = `${'one\ntwo\n \nthree\n\n\n'}${'long '.repeat(400)}`;
    const found = fileDocuments(text);
    expect(found[0]).toEqual({ text: 'one\ntwo\n\nthree', language: null });
    expect(found.length).toBeGreaterThan(1);
    expect(found.every(({ text: part }) => part.length <= 1500)).toBe(true);
  });
});

describe('characterCount', () => {
  it('counts code points, lone surrogates among them', () => {
    for (const text of ['', 'aé猫🙂', '\ud800a\udc00', '\udc00\ud800', '🙂🙂']) {
      expect(characterCount(text)).toBe([...text].length);
    }
  });
});
