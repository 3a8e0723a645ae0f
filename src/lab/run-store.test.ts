/** The run store over rows in memory; IndexedDB itself is tried in the browser (e2e). */
import { describe, expect, it } from 'vitest';
import type { RunDatabase, RunRow } from './run-database';
import { exampleRecipe, exampleRun } from './run-example';
import { runLocks } from './run-locks';
import type { RunSnapshot } from './run-snapshot';
import { type Channel, RunStore, StorageError } from './run-store';

function memoryDatabase(): RunDatabase & { readonly texts: Map<string, string> } {
  const rows = new Map<string, RunRow>();
  const snapshots = new Map<string, RunSnapshot>();
  const texts = new Map<string, string>();
  return {
    texts,
    rows: async () => [...rows.values()],
    row: async (id) => rows.get(id),
    change: async (id, change, snapshot) => {
      const next = change(rows.get(id));
      if (next) rows.set(id, structuredClone(next));
      if (next && snapshot) snapshots.set(id, structuredClone(snapshot));
    },
    snapshot: async (id) => snapshots.get(id),
    hasSnapshot: async (id) => snapshots.has(id),
    text: async (hash) => texts.get(hash),
    putText: async (hash, text) => {
      texts.set(hash, text);
    },
    drop: async (ids, keeps) => {
      for (const id of ids) {
        rows.delete(id);
        snapshots.delete(id);
      }
      for (const hash of [...texts.keys()]) if (!keeps(hash)) texts.delete(hash);
    },
  };
}

const snapshot: RunSnapshot = {
  schemaVersion: 1,
  step: 3,
  state: { parameters: Float32Array.of(1, 2), first: Float32Array.of(3, 4), second: Float32Array.of(5, 6) },
  position: { batches: 3, tokens: 48, segment: 0, offset: 48 },
  curves: exampleRun().curves,
  seconds: 1,
  dataHash: 'ab',
  tokenizerJson: { model: {} },
};

function open(database = memoryDatabase(), now = () => 0) {
  return new RunStore(database, runLocks(undefined), null, now);
}

describe('the run store', () => {
  it('keeps a run with its snapshot and lists the newest first', async () => {
    const store = open();
    const older = exampleRun({ id: 'a', created: '2026-01-01T00:00:00.000Z' });
    const newer = exampleRun({ id: 'b', created: '2026-01-02T00:00:00.000Z' });
    await store.put(older, snapshot);
    await store.put(newer);
    expect(await store.list()).toEqual([newer, older]);
    expect(await store.find('a')).toEqual(older);
    expect(await store.snapshot('a')).toEqual(snapshot);
    expect(await store.snapshot('b')).toBeNull();
    expect(await store.find('c')).toBeNull();
    expect(await store.snapshot('c')).toBeNull();
    expect(await Promise.all(['a', 'b', 'c'].map((id) => store.hasSnapshot(id)))).toEqual([true, false, false]);
  });

  it('keeps the name that the page gave while the worker writes on', async () => {
    const store = open();
    await store.put(exampleRun());
    await store.rename('run-1', 'mine');
    await store.put(exampleRun({ state: 'cancelled' }));
    expect(await store.find('run-1')).toMatchObject({ name: 'mine', state: 'cancelled' });
    await store.rename('run-1', null);
    expect((await store.find('run-1'))?.name).toBeNull();
  });

  it('shows a run that nobody trains as interrupted', async () => {
    const store = open();
    await store.put(exampleRun({ id: 'a', state: 'running' }));
    await store.put(exampleRun({ id: 'b', state: 'paused' }));
    const release = await store.locks.take('a');
    const states = async () => Object.fromEntries((await store.list()).map(({ id, state }) => [id, state]));
    expect(await states()).toEqual({ a: 'running', b: 'interrupted' });
    release?.();
    expect(await states()).toEqual({ a: 'interrupted', b: 'interrupted' });
  });

  it('brings deleted runs back, and frees them and their texts when it is too late', async () => {
    let time = 0;
    const database = memoryDatabase();
    const store = open(database, () => time);
    const withText = (id: string, hash: string) =>
      exampleRun({ id, recipe: exampleRecipe({ corpus: { kind: 'file', name: 'x.txt', hash } }) });
    await store.put(withText('a', 'h1'), snapshot);
    await store.put(withText('b', 'h2'));
    await store.putText('h1', 'one');
    await store.putText('h2', 'two');
    await store.remove(['a', 'b']);
    expect(await store.list()).toEqual([]);
    await store.restore(['b']);
    expect((await store.list()).map(({ id }) => id)).toEqual(['b']);
    await store.put(withText('a', 'h1'));
    expect((await store.list()).map(({ id }) => id)).toEqual(['b']);
    time = 9 * 60_000;
    await store.purge();
    expect(await store.snapshot('a')).toEqual(snapshot);
    time = 11 * 60_000;
    await store.purge();
    expect(await store.snapshot('a')).toBeNull();
    expect(await store.text('h1')).toBeNull();
    expect(await store.text('h2')).toBe('two');
    await store.remove(['b']);
    await store.purge(true);
    expect(database.texts.size).toBe(0);
  });

  it('tells listeners here and in other tabs', async () => {
    const sent: unknown[] = [];
    const channel: Channel = { postMessage: (message) => sent.push(message), onmessage: null };
    const store = new RunStore(memoryDatabase(), runLocks(undefined), channel);
    let heard = 0;
    const end = store.subscribe(() => {
      heard += 1;
    });
    await store.put(exampleRun());
    await store.remove(['run-1']);
    expect([heard, sent.length]).toEqual([2, 2]);
    channel.onmessage?.(new MessageEvent('message'));
    expect(heard).toBe(3);
    end();
    await store.restore(['run-1']);
    expect(heard).toBe(3);
  });

  it.each([
    ['QuotaExceededError', 'Storage is full: the run goes on, but will not survive a reload. Delete runs, or export'],
    ['SecurityError', 'The browser denies storage, as in a private window'],
    ['UnknownError', 'Storage failed (disk): the run goes on'],
  ])('says what to do after a %s', async (name, sentence) => {
    const fails = () => Promise.reject(new DOMException('disk', name));
    const store = open({ ...memoryDatabase(), change: fails, rows: fails });
    const failure = await store.put(exampleRun()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StorageError);
    expect((failure as Error).message).toContain(sentence);
    await expect(store.list()).rejects.toThrow(sentence);
  });
});

describe('locks of runs', () => {
  /** Web Locks as two tabs share them. */
  function sharedLocks(): Pick<LockManager, 'request' | 'query'> {
    const held = new Set<string>();
    const request = async (name: string, _: unknown, hold: (lock: unknown) => unknown) => {
      if (held.has(name)) return hold(null);
      held.add(name);
      await hold({ name });
      held.delete(name);
      return undefined;
    };
    return {
      request: request as LockManager['request'],
      query: async () => ({ held: [...held, 'something else'].map((name) => ({ name })), pending: [] }),
    };
  }

  it('let one tab train a run, and show it to the others', async () => {
    const shared = sharedLocks();
    const [one, other] = [runLocks(shared), runLocks(shared)];
    const release = await one.take('a');
    expect(release).not.toBeNull();
    expect(await other.take('a')).toBeNull();
    expect([...(await other.taken())]).toEqual(['a']);
    expect(await other.take('b')).not.toBeNull();
    release?.();
    await Promise.resolve();
    expect(await other.take('a')).not.toBeNull();
  });

  it('know this tab alone where there are no Web Locks', async () => {
    const locks = runLocks(undefined);
    const release = await locks.take('a');
    expect(await locks.take('a')).toBeNull();
    release?.();
    expect([...(await locks.taken())]).toEqual([]);
  });
});
