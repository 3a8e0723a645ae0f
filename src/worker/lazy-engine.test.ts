import { describe, expect, it } from 'vitest';
import { LazyEngine } from './lazy-engine';

type Request = { readonly type: 'count' } | { readonly type: 'stopCount' };

function lazy(failures = 0) {
  const log: string[] = [];
  let opened = 0;
  const engine = new LazyEngine<Request>({ count: true, stopCount: true }, 'stopCount', async () => {
    opened += 1;
    if (opened <= failures) throw new Error('The script could not be fetched.');
    return {
      stop: () => void log.push('stop'),
      answer: async ({ type }) => void log.push(type),
    };
  });
  return { engine, log, opened: () => opened };
}

describe('an engine that is fetched when it is needed', () => {
  it('is opened once, by the first request that is its own', async () => {
    const { engine, log, opened } = lazy();
    expect(engine.owns({ type: 'generate' })).toBe(false);
    expect(engine.owns({ type: 'count' })).toBe(true);
    expect(opened()).toBe(0);
    await engine.answer({ type: 'count' });
    await engine.answer({ type: 'count' });
    expect([opened(), log]).toEqual([1, ['count', 'count']]);
  });

  it('stops what is under way, and nothing before it was opened', async () => {
    const { engine, log, opened } = lazy();
    expect(engine.stops({ type: 'count' })).toBe(false);
    expect(engine.stops({ type: 'stopCount' })).toBe(true);
    expect(opened()).toBe(0);
    await engine.answer({ type: 'count' });
    engine.stops({ type: 'stopCount' });
    await Promise.resolve();
    expect(log).toEqual(['count', 'stop']);
  });

  it('is asked for again after its script could not be fetched', async () => {
    const { engine, log } = lazy(1);
    const first = engine.answer({ type: 'count' });
    expect(engine.stops({ type: 'stopCount' })).toBe(true);
    await expect(first).rejects.toThrow('could not be fetched');
    await engine.answer({ type: 'count' });
    expect(log).toEqual(['count']);
  });
});
