import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Heap } from './heap';

const start = 65536;

interface Piece {
  readonly address: number;
  readonly bytes: number;
}

/** What is done with a heap: an allocation of so many bytes, or freeing one of the pieces. */
type Action = { readonly allocate: number } | { readonly free: number };

const actions: fc.Arbitrary<Action[]> = fc.array(
  fc.oneof(
    fc.record({ allocate: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 100_000 })) }),
    fc.record({ free: fc.nat() }),
  ),
  { maxLength: 120 },
);

/** Carries out the actions and returns the pieces that are left, after calling `look` behind each. */
function carryOut(heap: Heap, list: readonly Action[], look: (pieces: readonly Piece[]) => void = () => {}): Piece[] {
  const pieces: Piece[] = [];
  for (const action of list) {
    if ('allocate' in action) pieces.push({ address: heap.allocate(action.allocate), bytes: action.allocate });
    else if (pieces.length > 0) heap.free(pieces.splice(action.free % pieces.length, 1)[0]?.address ?? 0);
    look(pieces);
  }
  return pieces;
}

/** Bytes that a piece takes. */
function taken(bytes: number): number {
  return Math.max(64, Math.ceil(bytes / 64) * 64);
}

describe('Heap', () => {
  it('hands out aligned pieces that never overlap and lie within the memory that it asked for', () => {
    fc.assert(
      fc.property(actions, (list) => {
        let limit = start;
        const heap = new Heap(start, (bytes) => {
          limit = Math.max(limit, bytes);
        });
        carryOut(heap, list, (pieces) => {
          const sorted = pieces.toSorted((a, b) => a.address - b.address);
          let end = start;
          for (const { address, bytes } of sorted) {
            expect(address % 64).toBe(0);
            expect(address).toBeGreaterThanOrEqual(end);
            end = address + taken(bytes);
          }
          expect(end).toBeLessThanOrEqual(limit);
        });
      }),
    );
  });

  it('counts what is in use', () => {
    fc.assert(
      fc.property(actions, (list) => {
        const heap = new Heap(start, () => {});
        carryOut(heap, list, (pieces) => {
          expect(heap.used).toBe(pieces.reduce((sum, { bytes }) => sum + taken(bytes), 0));
        });
      }),
    );
  });

  it('joins what is freed, in whatever order: all of it is one piece again', () => {
    fc.assert(
      fc.property(actions, fc.infiniteStream(fc.nat()), (list, order) => {
        let limit = start;
        const heap = new Heap(start, (bytes) => {
          limit = Math.max(limit, bytes);
        });
        const pieces = carryOut(heap, list);
        while (pieces.length > 0) {
          heap.free(pieces.splice(Number(order.next().value) % pieces.length, 1)[0]?.address ?? 0);
        }
        expect(heap.used).toBe(0);
        const reached = limit;
        if (reached > start) expect(heap.allocate(reached - start)).toBe(start);
        expect(limit).toBe(reached);
      }),
    );
  });

  it('reuses a freed piece before it grows, and splits one that is too large', () => {
    const asked: number[] = [];
    const heap = new Heap(start, (bytes) => asked.push(bytes));
    const [first, second] = [heap.allocate(256), heap.allocate(64)];
    heap.free(first);
    expect([heap.allocate(100), heap.allocate(65)]).toEqual([first, first + 128]);
    expect(asked).toEqual([first + 256, second + 64]);
  });

  it('extends a free piece at the end instead of leaving it behind', () => {
    const asked: number[] = [];
    const heap = new Heap(start, (bytes) => asked.push(bytes));
    heap.free(heap.allocate(64));
    expect(heap.allocate(640)).toBe(start);
    expect(asked).toEqual([start + 64, start + 640]);
  });

  it('leaves its books as they were when growing is refused', () => {
    fc.assert(
      fc.property(actions, actions, (before, after) => {
        let refuses = false;
        const heap = new Heap(start, () => {
          if (refuses) throw new RangeError('no more');
        });
        const twin = new Heap(start, () => {});
        const [pieces, twins] = [carryOut(heap, before), carryOut(twin, before)];
        const { used } = heap;
        refuses = true;
        // Larger than all that may be free.
        expect(() => heap.allocate(120 * 100_000 + 1)).toThrow('no more');
        expect(heap.used).toBe(used);
        refuses = false;
        for (const { address } of pieces.splice(0, 3)) heap.free(address);
        for (const { address } of twins.splice(0, 3)) twin.free(address);
        expect(carryOut(heap, after)).toEqual(carryOut(twin, after));
      }),
    );
  });

  it('refuses to free what is not taken, or twice', () => {
    const heap = new Heap(start, () => {});
    const address = heap.allocate(64);
    expect(() => heap.free(address + 64)).toThrow('Nothing is allocated');
    heap.free(address);
    expect(() => heap.free(address)).toThrow(`Nothing is allocated at ${address}`);
  });
});
