/**
 * Byte-pair merging of one word: again and again the pair of neighbours with the lowest rank becomes one piece, the leftmost
 * first where ranks are equal, until no pair has a rank.
 *
 * Short words scan their pairs (no bookkeeping, fastest up to a few dozen pieces); long ones keep a heap of pairs over a
 * doubly linked list, O(n log n), so that a pasted "word" of 100,000 characters costs no more than ordinary text.
 */

const scanLimit = 48;

export class MergeTable {
  /** Open addressing with linear probing; `slots` is a power of two, at most half full. */
  private readonly mask: number;
  private readonly left: Int32Array;
  private readonly right: Int32Array;
  private readonly rank: Int32Array;
  private readonly merged: Int32Array;

  /**
   * `merges`: left id, right id, merged id, three numbers a merge. The first of two equal pairs counts. `ranks`: of each merge;
   * without them its place in the list. Equal ranks are allowed: the leftmost pair goes first.
   */
  constructor(merges: Int32Array, ranks: Int32Array | null = null) {
    const count = merges.length / 3;
    let slots = 16;
    while (slots < count * 2) slots *= 2;
    this.mask = slots - 1;
    this.left = new Int32Array(slots).fill(-1);
    this.right = new Int32Array(slots);
    this.rank = new Int32Array(slots);
    this.merged = new Int32Array(slots);
    for (let i = 0; i < count; i += 1) {
      const left = merges[3 * i] as number;
      const right = merges[3 * i + 1] as number;
      const slot = this.slot(left, right);
      if (this.left[slot] !== -1) continue;
      this.left[slot] = left;
      this.right[slot] = right;
      this.rank[slot] = ranks ? (ranks[i] as number) : i;
      this.merged[slot] = merges[3 * i + 2] as number;
    }
  }

  private slot(left: number, right: number): number {
    let slot = (Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b)) >>> 7;
    slot &= this.mask;
    while (this.left[slot] !== -1 && (this.left[slot] !== left || this.right[slot] !== right)) {
      slot = (slot + 1) & this.mask;
    }
    return slot;
  }

  /** Rank of the pair, -1 when it never merges. Ids below 0 (nothing) never merge. */
  rankOf(left: number, right: number): number {
    if (left < 0 || right < 0) return -1;
    const slot = this.slot(left, right);
    return this.left[slot] === -1 ? -1 : (this.rank[slot] as number);
  }

  /** What a pair that merges becomes. */
  private mergedOf(left: number, right: number): number {
    return this.merged[this.slot(left, right)] as number;
  }

  /** Merges `ids` in place and returns how many of them are left at its front. */
  merge(ids: Int32Array, length: number): number {
    return length <= scanLimit ? this.mergeByScan(ids, length) : this.mergeByHeap(ids, length);
  }

  /** The pair whose merge ends `ids`, which are merged in place; null when more than one piece is left, or only one came. */
  lastPair(ids: Int32Array, length: number): readonly [number, number] | null {
    const last: [number, number] = [-1, -1];
    return this.mergeByScan(ids, length, last) === 1 && last[0] !== -1 ? last : null;
  }

  private mergeByScan(ids: Int32Array, length: number, last?: [number, number]): number {
    while (length > 1) {
      let best = -1;
      let at = 0;
      for (let i = 0; i + 1 < length; i += 1) {
        const rank = this.rankOf(ids[i] as number, ids[i + 1] as number);
        if (rank !== -1 && (best === -1 || rank < best)) {
          best = rank;
          at = i;
        }
      }
      if (best === -1) break;
      const left = ids[at] as number;
      const right = ids[at + 1] as number;
      if (last) [last[0], last[1]] = [left, right];
      ids[at] = this.mergedOf(left, right);
      ids.copyWithin(at + 1, at + 2, length);
      length -= 1;
    }
    return length;
  }

  private mergeByHeap(ids: Int32Array, length: number): number {
    const next = new Int32Array(length);
    const previous = new Int32Array(length);
    const heap = new KeyHeap();
    // One number orders by rank, then by place: rank < 2²¹ and place < 2³¹ fit the 53 bits of a double.
    const place = 2 ** 31;
    const offer = (i: number) => {
      const j = next[i] as number;
      if (j === length) return;
      const rank = this.rankOf(ids[i] as number, ids[j] as number);
      if (rank !== -1) heap.push(rank * place + i);
    };
    for (let i = 0; i < length; i += 1) {
      next[i] = i + 1;
      previous[i] = i - 1;
    }
    for (let i = 0; i + 1 < length; i += 1) offer(i);
    while (heap.size > 0) {
      const key = heap.pop();
      const rank = Math.floor(key / place);
      const i = key - rank * place;
      const j = next[i] as number;
      // Stale entries: the left piece is gone (id -1) or the pair has changed since it was offered.
      if (ids[i] === -1 || j === length || this.rankOf(ids[i] as number, ids[j] as number) !== rank) continue;
      ids[i] = this.mergedOf(ids[i] as number, ids[j] as number);
      ids[j] = -1;
      const after = next[j] as number;
      next[i] = after;
      if (after < length) previous[after] = i;
      const before = previous[i] as number;
      if (before >= 0) offer(before);
      offer(i);
    }
    let left = 0;
    for (let i = 0; i < length; i = next[i] as number) {
      ids[left] = ids[i] as number;
      left += 1;
    }
    return left;
  }
}

/** Binary heap of numbers, smallest first. */
class KeyHeap {
  private readonly keys: number[] = [];

  get size(): number {
    return this.keys.length;
  }

  push(key: number): void {
    const { keys } = this;
    let i = keys.length;
    keys.push(key);
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = keys[parent] as number;
      if (above <= key) break;
      keys[i] = above;
      i = parent;
    }
    keys[i] = key;
  }

  pop(): number {
    const { keys } = this;
    const top = keys[0] as number;
    const key = keys.pop() as number;
    const size = keys.length;
    if (size === 0) return top;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= size) break;
      if (child + 1 < size && (keys[child + 1] as number) < (keys[child] as number)) child += 1;
      if ((keys[child] as number) >= key) break;
      keys[i] = keys[child] as number;
      i = child;
    }
    keys[i] = key;
    return top;
  }
}
