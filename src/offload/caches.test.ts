/** Caches over traces of requests: their counts on small traces by hand, and the bound on random ones. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CachePolicyId, cachePolicies, type ExpertRequest, runCache } from './caches';

const ids = Object.keys(cachePolicies) as CachePolicyId[];

/** One layer, a token a request. */
const oneLayer = (experts: readonly number[]): ExpertRequest[] =>
  experts.map((expert, token) => ({ token, layer: 0, expert }));

/** Tokens by layers by experts. */
const randomTrace = fc
  .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 20 }))
  .chain(([layers, tokens]) =>
    fc.array(
      fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 3 }), {
        minLength: layers,
        maxLength: layers,
      }),
      { maxLength: tokens },
    ),
  )
  .map((rows): ExpertRequest[] =>
    rows.flatMap((layers, token) =>
      layers.flatMap((experts, layer) => experts.map((expert) => ({ token, layer, expert }))),
    ),
  );

/** The fewest loads by trying every victim. */
function fewestLoads(trace: readonly ExpertRequest[], slots: number): number {
  let states = new Map<string, number>([['', 0]]);
  for (const { layer, expert } of trace) {
    const key = `${layer}/${expert}`;
    const next = new Map<string, number>();
    const offer = (held: readonly string[], loads: number) => {
      const state = [...held].sort().join();
      next.set(state, Math.min(loads, next.get(state) ?? Infinity));
    };
    for (const [state, loads] of states) {
      const held = state === '' ? [] : state.split(',');
      if (held.includes(key)) offer(held, loads);
      else if (held.length < slots) offer([...held, key], loads + 1);
      else for (const victim of held) offer([...held.filter((other) => other !== victim), key], loads + 1);
    }
    states = next;
  }
  return Math.min(...states.values());
}

describe('runCache', () => {
  it('counts hits, loads and bytes of the least recently used cache', () => {
    expect(runCache('lru', oneLayer([0, 1, 0, 2, 1, 0]), 2, 10)).toEqual({
      hits: [false, false, true, false, false, false],
      loads: 5,
      hitRate: 1 / 6,
      bytesMoved: 50,
    });
  });

  it('Belady’s optimum keeps what is needed soonest', () => {
    expect(runCache('belady', oneLayer([0, 1, 0, 2, 1, 0]), 2, 1).hits).toEqual([
      false,
      false,
      true,
      false,
      true,
      false,
    ]);
  });

  it('Belady’s optimum loads as seldom as any choice of victims, and no other policy less often', () => {
    fc.assert(
      fc.property(randomTrace, fc.integer({ min: 1, max: 5 }), (trace, slots) => {
        const least = runCache('belady', trace, slots, 1).bytesMoved;
        for (const id of ids) expect(runCache(id, trace, slots, 1).bytesMoved).toBeGreaterThanOrEqual(least);
        if (slots <= 3) expect(least).toBe(fewestLoads(trace, slots));
      }),
      { seed: 8, numRuns: 200 },
    );
  });

  it('a load is made for every miss, and only prediction makes more', () => {
    fc.assert(
      fc.property(randomTrace, fc.integer({ min: 1, max: 5 }), (trace, slots) => {
        for (const id of ids) {
          const { hits, loads } = runCache(id, trace, slots, 1);
          const misses = hits.filter((hit) => !hit).length;
          expect(hits).toHaveLength(trace.length);
          if (id === 'predicted' && slots > 1) expect(loads).toBeGreaterThanOrEqual(misses);
          else expect(loads).toBe(misses);
        }
      }),
      { seed: 8, numRuns: 200 },
    );
  });

  it('pinning keeps the most used through a scan that empties a least recently used cache', () => {
    const trace = oneLayer([0, 0, 1, 2, 3, 0, 1, 2, 3, 0]);
    expect(runCache('pinned', trace, 2, 1).hits.filter(Boolean)).toHaveLength(3);
    expect(runCache('lru', trace, 2, 1).hits.filter(Boolean)).toHaveLength(1);
  });

  it('prediction finds in two slots what repeats from token to token, and pays for a wrong guess', () => {
    const tokens = (experts: readonly (readonly number[])[]) =>
      experts.flatMap((row, token) => row.map((expert, layer) => ({ token, layer, expert })));
    const steady = tokens([
      [0, 1, 2],
      [0, 1, 2],
      [0, 1, 2],
    ]);
    expect(runCache('predicted', steady, 2, 1)).toMatchObject({ loads: 9, hitRate: 6 / 9 });
    expect(runCache('lru', steady, 2, 1)).toMatchObject({ loads: 9, hitRate: 0 });
    const changing = tokens([
      [0, 0, 0],
      [1, 1, 1],
      [2, 2, 2],
    ]);
    expect(runCache('predicted', changing, 2, 1).loads).toBeGreaterThan(runCache('lru', changing, 2, 1).loads);
  });

  it('takes an empty trace, and says what is no cache', () => {
    expect(runCache('lru', [], 1, 1)).toEqual({ hits: [], loads: 0, hitRate: 1, bytesMoved: 0 });
    expect(() => runCache('lru', [], 0, 1)).toThrow('slots is 0: give a whole number of at least 1.');
    expect(() => runCache('lru', [], 1, NaN)).toThrow('bytesPerExpert is NaN: give the size of one expert in bytes.');
  });
});
