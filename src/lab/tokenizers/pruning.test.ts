/** Pruning: what is kept, that nothing of a text is lost, and that each figure is what counting by hand gives. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Tokenizer as Oracle } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storyDocument } from '../../data/storyworld';
import { readAnyTokenizerJson } from '../../tokenizer/foreign-json';
import { Formation } from '../../tokenizer/prune/formation';
import { alwaysKept, formationsOf, orderOf } from '../../tokenizer/prune/order';
import { type PrunedVocabulary, pruneVocabulary } from '../../tokenizer/prune/pruned';
import { pruneTokenizerJson, writeTokenizerJson } from '../../tokenizer/prune/pruned-json';
import type { PruneMethod, Pruning } from '../../tokenizer/prune/report';
import { Study } from '../../tokenizer/prune/study';
import { WordCounter } from '../../tokenizer/prune/word-counts';
import { sampleLines } from '../../tokenizer/sampleText';
import { Tokenizer } from '../../tokenizer/tokenizer';
import { trainBpe } from '../../tokenizer/train';
import { readVocabulary } from '../../tokenizer/vocabulary-asset';

const methods: readonly PruneMethod[] = ['frequency', 'closed', 'quota', 'closedQuota'];
const texts = [
  ...Array.from({ length: 400 }, (_, index) => storyDocument(3, index, { zh: 0.5 }).text),
  sampleLines(600, 9).join('\n'),
];
const json = trainBpe(sampleLines(3000, 1), { vocabularySize: 900, minimumCharacterCount: 20 });

function large(id: string): Tokenizer {
  const packed = readFileSync(new URL(`../../../public/tokenizers/${id}.vocabulary`, import.meta.url));
  return new Tokenizer(readVocabulary(gunzipSync(packed), id));
}

function studied(tokenizer: Tokenizer): Study {
  const counter = new WordCounter(tokenizer);
  for (const text of texts) for (const _ of counter.add(text));
  return new Study(tokenizer, counter.take());
}

const own = studied(Tokenizer.parse(json));
const internlm2 = studied(large('internlm2'));
const cl100k = studied(large('cl100k'));
const studies = { own, internlm2, cl100k };

const keep = (pieces: number, method: PruneMethod = 'frequency'): Pruning => ({
  method,
  size: { kind: 'keep', pieces },
  zhShare: 0.4,
});

function done<R>(work: Generator<unknown, R, void>): R {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

const sizes = (study: Study): number[] =>
  [0, 300, 500, 700, 2_000, 20_000, 1e6].map((pieces) => study.sizeOf(keep(pieces)));

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(...texts.slice(0, 40)),
  fc
    .array(fc.constantFrom('the', ' ', '  ', '红', '苹果', '\n', '<s>', '[UNUSED_TOKEN_1]', "'t", 'Ahab', '龘', '🙂'), {
      maxLength: 20,
    })
    .map((parts) => parts.join('')),
);

describe('what is kept', () => {
  it('are special pieces, pieces of the form <…> and […], the bytes and the space; then the most frequent', () => {
    const { tables } = internlm2.tokenizer;
    const always = alwaysKept(tables);
    const names = tables.pieces.filter((_, id) => always[id]);
    expect(names).toHaveLength(410);
    expect(names).toEqual(
      tables.pieces.filter((piece) => (piece.length > 2 && /^(<.*>|\[.*\])$/s.test(piece)) || piece === ' '),
    );
    const { kept } = internlm2.prune(keep(2_000));
    expect(kept).toHaveLength(2_000);
    const left = new Set(kept);
    const least = Math.min(...kept.filter((id) => !always[id]).map((id) => internlm2.counts.all[id] as number));
    const cut = tables.pieces.flatMap((_, id) => (left.has(id) ? [] : [internlm2.counts.all[id] as number]));
    expect(Math.max(...cut)).toBeLessThanOrEqual(least);
  });

  it('never is less than what always stays, nor more than there is', () => {
    for (const study of Object.values(studies)) {
      expect(study.prune(keep(0)).kept).toHaveLength(study.alwaysKept);
      expect(study.prune(keep(1e9)).kept).toHaveLength(study.tokenizer.vocabularySize);
    }
  });

  it('are all that occur often enough, for a minimum count', () => {
    const { kept } = own.prune({ method: 'frequency', size: { kind: 'minimumCount', count: 50 }, zhShare: 0 });
    const always = alwaysKept(own.tokenizer.tables);
    const wanted = [...always.keys()].filter((id) => always[id] || (own.counts.all[id] as number) >= 50);
    expect([...kept]).toEqual(wanted);
  });

  it('is Chinese to the share of a quota', () => {
    const { tables } = internlm2.tokenizer;
    const { kept } = internlm2.prune({ ...keep(5_410, 'quota'), zhShare: 0.3 });
    const chinese = kept.filter((id) => /[㐀-䶿一-鿿]/u.test(tables.pieces[id] as string));
    expect(chinese).toHaveLength(1_500);
  });

  it.each(methods)('grows with the size (%s)', (method) => {
    for (const study of [own, internlm2]) {
      const all = sizes(study).map((size) => new Set(study.prune(keep(size, method)).kept));
      for (const [index, smaller] of all.slice(0, -1).entries())
        expect([...smaller].every((id) => all[index + 1]?.has(id))).toBe(true);
    }
  });
});

describe('dead pieces', () => {
  it('are those that the pruned vocabulary does not write their own text as', () => {
    for (const study of [own, internlm2]) {
      const { tokenizer } = study.prune(keep(700));
      const always = alwaysKept(tokenizer.tables);
      const dead = tokenizer.tables.pieces.flatMap((piece, id) => {
        const ids = tokenizer.encodeWhole(piece);
        return (ids.length === 1 && ids[0] === id) || always[id] ? [] : [id];
      });
      const found = [...new Formation(tokenizer).dead()].filter((id) => !always[id]);
      expect(found).toEqual(dead);
      expect(found.length).toBeGreaterThan(study === own ? 0 : 10);
    }
  });

  it('are none where a piece comes with all that it is merged from', () => {
    for (const study of Object.values(studies)) {
      for (const method of ['closed', 'closedQuota'] as const) {
        for (const size of sizes(study).filter((size) => size >= 500))
          expect(done(study.report(keep(size, method))).dead).toBe(0);
      }
    }
  });

  it('come from halves: a piece is merged from two that make it', () => {
    const { tables } = own.tokenizer;
    const { halves } = formationsOf(own.tokenizer);
    let merged = 0;
    for (const [id, piece] of tables.pieces.entries()) {
      if (halves[2 * id] === -1) continue;
      const [left, right] = [tables.pieces[halves[2 * id] as number], tables.pieces[halves[2 * id + 1] as number]];
      expect(`${left}${right}`).toBe(piece);
      merged += 1;
    }
    expect(merged).toBeGreaterThan(300);
  });
});

describe('a text', () => {
  it.each(Object.entries(studies))('survives every size down to bytes alone (%s)', (_, study) => {
    for (const method of methods) {
      for (const size of sizes(study)) {
        const { tokenizer } = study.prune(keep(size, method));
        fc.assert(
          fc.property(anyText, (text) => {
            const plain = study.tokenizer.tables.spaceMark ? text.replaceAll('▁', ' ') : text;
            expect(tokenizer.decode(tokenizer.encode(text))).toBe(plain);
          }),
          { numRuns: 40 },
        );
      }
    }
  });

  it('is counted as encoding it whole counts it, however it is cut into slices', () => {
    const long = `${texts.join('\n').slice(0, 150_000)}${'a'.repeat(200_000)} ${'天'.repeat(70_000)}\n\n  end`;
    for (const { tokenizer } of Object.values(studies)) {
      const counter = new WordCounter(tokenizer);
      let characters = 0;
      for (const counted of counter.add(long)) characters += counted;
      expect(characters).toBe(long.length);
      const study = new Study(tokenizer, counter.take());
      const counts = new Float64Array(tokenizer.vocabularySize);
      for (const id of tokenizer.encode(long)) counts[id] = (counts[id] as number) + 1;
      expect(study.counts.all).toEqual(counts);
      expect(study.characters.all).toBe([...long].length);
    }
  });

  it('is Chinese or not line by line', () => {
    const counter = new WordCounter(own.tokenizer);
    for (const _ of counter.add('Anna saw it.\n小猫找到三个红苹果。\n\n小明对 Anna 说：今天下雨了吗？\n3.14'));
    const { characters } = counter.take();
    expect(characters).toEqual({ en: 13, zh: 35 });
  });
});

/** The figures of a report by encoding every text as it stands, with the whole vocabulary and with the pruned one. */
function byHand(study: Study, { tokenizer, kept }: PrunedVocabulary) {
  const left = new Set(kept);
  const [bytes, prunedBytes] = [study.tokenizer, tokenizer].map(
    (one) => (id: number) => new TextEncoder().encode(one.piece(id).text).length,
  );
  let [before, after, nominal, same] = [0, 0, 0, 0];
  for (const text of texts) {
    const spans = new Map<number, string>();
    let at = 0;
    for (const id of study.tokenizer.encode(text)) {
      before += 1;
      if (left.has(id)) nominal += 1;
      const end = at + (study.tokenizer.piece(id).kind === 'byte' ? 1 : (bytes as (id: number) => number)(id));
      spans.set(at, `${end} ${id}`);
      at = end;
    }
    at = 0;
    for (const id of tokenizer.encode(text)) {
      after += 1;
      const end = at + (tokenizer.piece(id).kind === 'byte' ? 1 : (prunedBytes as (id: number) => number)(id));
      if (spans.get(at) === `${end} ${kept[id]}`) same += 1;
      at = end;
    }
  }
  return { nominal: nominal / before, reEncoded: same / before, growth: after / before };
}

describe('a report', () => {
  it.each(methods)('says what encoding every text with both vocabularies says (%s)', (method) => {
    for (const study of [own, internlm2]) {
      for (const size of [study.alwaysKept, 600, 3_000]) {
        const report = done(study.report(keep(size, method)));
        const hand = byHand(study, study.prune(keep(size, method)));
        expect(report.nominal.all).toBeCloseTo(hand.nominal, 12);
        expect(report.reEncoded.all).toBeCloseTo(hand.reEncoded, 12);
        expect(report.growth.all).toBeCloseTo(hand.growth, 12);
      }
    }
  });

  it('covers more with every piece, and everything with all', () => {
    for (const study of Object.values(studies)) {
      const curve = study.nominalCurve(sizes(study));
      for (const [index, { keep: size, all, en, zh }] of curve.entries()) {
        expect(all).toBeGreaterThanOrEqual(curve[index - 1]?.all ?? 0);
        expect({ all, en, zh }).toEqual(study.nominal(study.prune(keep(size)).kept));
      }
      expect(curve.at(-1)).toMatchObject({ all: 1, en: 1, zh: 1 });
      const all = done(study.report(keep(1e9, 'closed')));
      expect(all).toMatchObject({ cut: 0, growth: { all: 1 }, reEncoded: { all: 1 } });
    }
  });
});

describe('an exported tokenizer.json', () => {
  it.each(methods)('gives the same ids in @huggingface/tokenizers and back, and every text back (%s)', (method) => {
    for (const study of [own, internlm2]) {
      for (const size of [study.alwaysKept, 700, 5_000]) {
        const { tokenizer, kept } = study.prune(keep(size, method));
        const file = JSON.parse(
          JSON.stringify(study === own ? pruneTokenizerJson(json, kept) : writeTokenizerJson(tokenizer.tables)),
        );
        const oracle = new Oracle(structuredClone(file), {});
        const again = new Tokenizer(readAnyTokenizerJson(file, 'again.json'));
        expect(again.vocabularySize).toBe(kept.length);
        for (const line of [...sampleLines(150, 4), ...texts.slice(0, 60)]) {
          const ids = [...tokenizer.encode(line)];
          expect(oracle.encode(line, { add_special_tokens: false }).ids, JSON.stringify(line)).toEqual(ids);
          expect([...again.encode(line)]).toEqual(ids);
          expect(again.decode(ids)).toBe(line.replaceAll(study === own ? '' : '▁', study === own ? '' : ' '));
          // Its decoder loses U+FEFF, and no file holds a lone surrogate.
          if (!/[▁\ufeff\ud800-\udfff]/.test(line))
            expect(oracle.decode(ids, { skip_special_tokens: false, clean_up_tokenization_spaces: false })).toBe(line);
        }
      }
    }
  });

  it('of a vocabulary over bytes is read back with the same ids', () => {
    const { tokenizer } = cl100k.prune(keep(3_000, 'closed'));
    const again = new Tokenizer(
      readAnyTokenizerJson(JSON.parse(JSON.stringify(writeTokenizerJson(tokenizer.tables))), 'x'),
    );
    for (const line of sampleLines(300, 4)) expect([...again.encode(line)]).toEqual([...tokenizer.encode(line)]);
  });

  it('refuses other kinds with their name', () => {
    const base = writeTokenizerJson(internlm2.prune(keep(600)).tokenizer.tables) as Record<
      string,
      Record<string, unknown>
    >;
    const broken =
      (change: Record<string, unknown>, model: Record<string, unknown> = {}) =>
      () =>
        readAnyTokenizerJson({ ...base, ...change, model: { ...base.model, ...model } }, 'my.json');
    expect(broken({}, { type: 'Unigram' })).toThrow(
      'my.json: model.type is "Unigram"; this tokenizer reads only "BPE".',
    );
    expect(broken({}, { type: 'WordPiece' })).toThrow('"WordPiece"');
    expect(broken({}, { byte_fallback: false })).toThrow('my.json: model.byte_fallback is not true');
    expect(broken({}, { merges: [['a', 'nothing']] })).toThrow('my.json: model.merges[0] is ["a","nothing"]');
    expect(broken({}, { vocab: null })).toThrow('my.json: model.vocab is missing');
    const prepend = { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: '▁' }, base.normalizer] };
    expect(broken({ normalizer: prepend })).toThrow('has a step "Prepend"');
  });
});

describe('a pruned vocabulary', () => {
  it('has a merge where both halves and what they make are kept, and its ids without gaps', () => {
    const { kept, tokenizer } = own.prune(keep(500));
    const { tables } = own.tokenizer;
    const left = new Set(kept);
    const wanted: string[] = [];
    for (let i = 0; i < tables.merges.length; i += 3) {
      const merge = [...tables.merges.subarray(i, i + 3)];
      if (merge.every((id) => left.has(id))) wanted.push(merge.map((id) => tables.pieces[id]).join(' + '));
    }
    const made: string[] = [];
    for (let i = 0; i < tokenizer.tables.merges.length; i += 3) {
      made.push([...tokenizer.tables.merges.subarray(i, i + 3)].map((id) => tokenizer.tables.pieces[id]).join(' + '));
    }
    expect(made).toEqual(wanted);
    expect(tokenizer.tables.pieces).toEqual(Array.from(kept, (id) => tables.pieces[id]));
    const whole = pruneVocabulary(tables, Int32Array.from(tables.pieces.keys()));
    expect(whole.tokenizer.encode(texts[0] as string)).toEqual(own.tokenizer.encode(texts[0] as string));
  });

  it('is ordered alike whatever the order of equal counts', () => {
    const { tables } = own.tokenizer;
    const counts = new Float64Array(tables.pieces.length);
    const order = orderOf(tables, formationsOf(own.tokenizer), { method: 'frequency', counts, zhShare: 0 });
    expect([...order]).toEqual([...order].sort((a, b) => a - b));
  });
});
