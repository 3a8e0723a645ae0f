/**
 * Which runs are being trained right now, in whichever tab: each is a Web Lock of its own, which the browser releases when
 * its worker ends, however it ends. Without Web Locks only this tab is known.
 */

const prefix = 'pangu-pi-run:';

export interface RunLocks {
  /** Takes a run for this tab; what it returns gives it back. Null: another tab trains it. */
  take(id: string): Promise<(() => void) | null>;
  /** Ids of the runs that are being trained anywhere. */
  taken(): Promise<ReadonlySet<string>>;
}

export function runLocks(locks: Pick<LockManager, 'request' | 'query'> | undefined): RunLocks {
  return locks ? webLocks(locks) : ownLocks();
}

function webLocks(locks: Pick<LockManager, 'request' | 'query'>): RunLocks {
  return {
    take: (id) =>
      new Promise((resolve, reject) => {
        const hold = (lock: Lock | null) => {
          if (!lock) {
            resolve(null);
            return undefined;
          }
          // The lock is held until this promise resolves.
          return new Promise<void>((release) => resolve(release));
        };
        locks.request(prefix + id, { ifAvailable: true }, hold).catch(reject);
      }),
    taken: async () => {
      const { held = [] } = await locks.query();
      const names = held.flatMap(({ name }) => (name?.startsWith(prefix) ? [name.slice(prefix.length)] : []));
      return new Set(names);
    },
  };
}

function ownLocks(): RunLocks {
  const held = new Set<string>();
  return {
    take: async (id) => {
      if (held.has(id)) return null;
      held.add(id);
      return () => held.delete(id);
    },
    taken: async () => new Set(held),
  };
}
