import { describe, expect, it } from 'vitest';
import { inSlices, Stopped } from './slices';

/** Takes about 60 ms, in steps of about 1 ms. */
function* work(): Generator<number, string, void> {
  for (let step = 0; step < 60; step += 1) {
    const until = performance.now() + 1;
    while (performance.now() < until);
    yield step;
  }
  return 'done';
}

describe('inSlices', () => {
  it('returns the result, reports progress and lets other work in', async () => {
    const seen: number[] = [];
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);
    expect(await inSlices(work(), { onProgress: (step) => seen.push(step) })).toBe('done');
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.length).toBeLessThan(30);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it('stops between two slices', async () => {
    let asked = 0;
    const stopped = inSlices(work(), { shouldStop: () => ++asked === 2 });
    await expect(stopped).rejects.toBeInstanceOf(Stopped);
    expect(asked).toBe(2);
  });
});
