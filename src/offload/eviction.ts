/**
 * Whom to evict: orders over keys, told of every use. What is in a slot is not their business (caches.ts).
 */

export interface Recency {
  used(key: string): void;
  /** The key to evict; undefined when there is none. */
  victim(candidates: readonly string[]): string | undefined;
}

/** The key whose last use is furthest back; one that was loaded and never used goes first. */
export class RecencyOrder implements Recency {
  private readonly last = new Map<string, number>();
  private time = 0;

  used(key: string): void {
    this.last.set(key, ++this.time);
  }

  victim(candidates: readonly string[]): string | undefined {
    return furthest(candidates, (key) => -(this.last.get(key) ?? 0));
  }
}

/** The key whose next use in `requests` is furthest ahead; `used` is called once a request. */
export class BeladyOrder implements Recency {
  private readonly uses = new Map<string, number[]>();

  constructor(requests: readonly string[]) {
    for (let time = requests.length - 1; time >= 0; time--) {
      const key = requests[time] as string;
      const times = this.uses.get(key);
      if (times) times.push(time);
      else this.uses.set(key, [time]);
    }
  }

  used(key: string): void {
    this.uses.get(key)?.pop();
  }

  victim(candidates: readonly string[]): string | undefined {
    return furthest(candidates, (key) => this.uses.get(key)?.at(-1) ?? Infinity);
  }
}

/** The `count` keys that occur most often; of two alike the one that occurs first. */
export function mostUsed(keys: readonly string[], count: number): Set<string> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  const ranked = [...counts].sort(([, a], [, b]) => b - a);
  return new Set(ranked.slice(0, count).map(([key]) => key));
}

function furthest(keys: readonly string[], distance: (key: string) => number): string | undefined {
  let best: string | undefined;
  for (const key of keys) {
    if (best === undefined || distance(key) > distance(best)) best = key;
  }
  return best;
}
