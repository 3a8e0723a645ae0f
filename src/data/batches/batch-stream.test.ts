import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { notCounted } from '../../gpu/kernels/cross-entropy/shape';
import { orderOf } from '../../gpu/kernels/embed/order';
import { type BatchPosition, BatchStream } from './batch-stream';
import { IdHash } from './ids';
import { type TokenSource, textSource } from './token-source';

/** Ids that count up, so that a window shows where it was cut. */
const counting = (length: number) => Uint16Array.from({ length }, (_, i) => i);

/** Documents 100 i, 100 i + 1, … of lengths 3, 4, 5, 6, 3, … that never end; every document opens with id 7. */
const endless: TokenSource = {
  segment: (index) => Uint32Array.from({ length: 3 + (index % 4) }, (_, i) => (i === 0 ? 7 : 100 * index + i)),
  tokens: null,
  begin: 7,
};

describe('random windows', () => {
  const source = textSource(counting(1000), null);

  it('are a function of seed, batch and row', () => {
    const shape = { batch: 4, context: 8 };
    const draw = (seed: number) => {
      const stream = new BatchStream(source, { seed, order: 'random' });
      return [stream.next(shape), stream.next(shape)];
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    const [first, second] = draw(1);
    expect(first).not.toEqual(second);
    // Pinned, so that a run of today can be gone on with tomorrow.
    expect([...(first?.ids ?? [])].filter((_, i) => i % 8 === 0)).toEqual([879, 213, 75, 669]);
  });

  it('are runs of the text, each target the id that follows', () => {
    const { ids, targets, counted } = new BatchStream(source, { seed: 3, order: 'random' }).next({
      batch: 50,
      context: 13,
    });
    expect(counted).toBe(650);
    for (let i = 0; i < ids.length; i += 1) {
      expect(targets[i]).toBe((ids[i] as number) + 1);
      if (i % 13 !== 0) expect(ids[i]).toBe((ids[i - 1] as number) + 1);
    }
  });

  it('reach the first and the last token and every place about alike', () => {
    const stream = new BatchStream(textSource(counting(21), null), { seed: 9, order: 'random' });
    const starts = new Array<number>(16).fill(0);
    for (let i = 0; i < 2000; i += 1) {
      const { ids } = stream.next({ batch: 4, context: 5 });
      for (let row = 0; row < 4; row += 1) starts[ids[row * 5] as number] = (starts[ids[row * 5] as number] ?? 0) + 1;
    }
    // 8,000 draws among 16 places: mean 500, standard deviation 21.7; five of them.
    for (const count of starts) expect(Math.abs(count - 500)).toBeLessThan(109);
    expect(starts).toHaveLength(16);
  });
});

describe('a stream', () => {
  it('follows the text without a gap, through rows, batches and epochs', () => {
    const stream = new BatchStream(textSource(counting(30), null), { seed: 1, order: 'stream' });
    let at = 0;
    for (let step = 0; step < 10; step += 1) {
      const { ids, targets } = stream.next({ batch: 3, context: 4 });
      for (let i = 0; i < 12; i += 1) {
        expect(ids[i]).toBe(at % 30);
        expect(targets[i]).toBe((at + 1) % 30);
        at += 1;
      }
    }
    expect(stream.position).toEqual({ batches: 10, tokens: 120, segment: 4, offset: 0 });
  });

  it('goes on where it stood when B and T change', () => {
    const ids = (shapes: [number, number][]) => {
      const stream = new BatchStream(endless, { seed: 1, order: 'stream' });
      return shapes.flatMap(([batch, context]) => [...stream.next({ batch, context }).ids]);
    };
    const even = ids(Array.from({ length: 20 }, () => [3, 4]));
    const uneven = ids([
      [1, 7],
      [5, 1],
      [9, 4],
      [2, 64],
    ]);
    const length = Math.min(even.length, uneven.length);
    expect(uneven.slice(0, length)).toEqual(even.slice(0, length));
  });

  it('is what text without end gets, whatever order is asked for', () => {
    expect(new BatchStream(endless, { seed: 1, order: 'random' }).order).toBe('stream');
  });

  it('never predicts a begin token', () => {
    const { ids, targets, counted } = new BatchStream(endless, { seed: 1, order: 'stream' }).next({
      batch: 1,
      context: 7,
    });
    expect([...ids]).toEqual([7, 1, 2, 7, 101, 102, 103]);
    expect([...targets]).toEqual([1, 2, notCounted, 101, 102, 103, notCounted]);
    expect(counted).toBe(5);
  });
});

describe('positions', () => {
  it('go on with the same bits, through JSON, in every order and shape', () => {
    const shape = fc.record({ batch: fc.integer({ min: 1, max: 5 }), context: fc.integer({ min: 2, max: 9 }) });
    fc.assert(
      fc.property(
        fc.array(shape, { minLength: 2, maxLength: 8 }),
        fc.nat(7),
        fc.constantFrom('random' as const, 'stream' as const),
        fc.boolean(),
        (shapes, cut, order, ends) => {
          const source = ends ? textSource(counting(60), null) : endless;
          const whole = new BatchStream(source, { seed: 5, order });
          const expected = shapes.map((each) => whole.next(each));
          const before = new BatchStream(source, { seed: 5, order });
          const first = shapes.slice(0, cut).map((each) => before.next(each));
          const position = JSON.parse(JSON.stringify(before.position)) as BatchPosition;
          const after = new BatchStream(source, { seed: 5, order, position });
          expect([...first, ...shapes.slice(cut).map((each) => after.next(each))]).toEqual(expected);
          expect(after.position).toEqual(whole.position);
        },
      ),
    );
  });
});

describe('a prefix', () => {
  it('leaves its tokens uncounted; the last of them predicts the first that counts', () => {
    const stream = new BatchStream(textSource(counting(40), null), { seed: 1, order: 'stream' });
    const { targets, counted } = stream.next({ batch: 2, context: 5, prefixLength: 3 });
    expect([...targets]).toEqual([notCounted, notCounted, 3, 4, 5, notCounted, notCounted, 8, 9, 10]);
    expect(counted).toBe(6);
  });

  it('must leave something to predict', () => {
    const stream = new BatchStream(textSource(counting(40), null), { seed: 1, order: 'stream' });
    expect(() => stream.next({ batch: 1, context: 4, prefixLength: 4 })).toThrow('choose at most 3');
  });
});

describe('a text that is too short', () => {
  it('is refused with what one batch needs', () => {
    const stream = new BatchStream(textSource(counting(48), null), { seed: 1, order: 'random' });
    expect(() => stream.next({ batch: 12, context: 4 })).toThrow(
      'The text has 48 tokens to train on; one batch of 12 rows of 4 needs 49: lower the batch or the context, or give more text.',
    );
    expect(stream.next({ batch: 47, context: 1 }).counted).toBe(47);
  });
});

describe('orderOf', () => {
  it('sorts positions by id, ties by position', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(70_000), { maxLength: 80 }), (list) => {
        const ids = Uint32Array.from(list, (id) => (id % 3 === 0 ? id : id % 5));
        const slow = [...ids.keys()].sort((a, b) => (ids[a] as number) - (ids[b] as number) || a - b);
        expect([...orderOf(ids)]).toEqual(slow);
      }),
    );
  });
});

describe('IdHash', () => {
  it('sees every id and its place, and does not see how ids were handed over', () => {
    const hex = (...parts: number[][]) => {
      const hash = new IdHash();
      for (const part of parts) hash.add(part);
      return hash.hex;
    };
    const hashes = [hex([1, 2, 3]), hex([1, 3, 2]), hex([1, 2]), hex([1, 2, 3, 0]), hex([0, 1, 2, 3]), hex([65537])];
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(hex([1], [2, 3])).toBe(hashes[0]);
    for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{16}$/);
  });
});
