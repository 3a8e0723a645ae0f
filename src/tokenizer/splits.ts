/**
 * The merges that a vocabulary alone implies: every way to cut a piece into two pieces, in the order in which pieces are to be
 * formed. So SentencePiece merges (the order is that of the scores) and so does tiktoken (that of the ids).
 */

export interface SplitOrder {
  /** Ids in the order in which they are formed, the first to be preferred. */
  readonly order: Iterable<number>;
  /** Ids that no text may form: special tokens and the names of bytes. */
  readonly reserved: ReadonlySet<number>;
}

/** Left id, right id, merged id: three numbers a merge. Ways to form one piece stand together, the lowest left id first. */
export function splitsOf(pieces: readonly string[], { order, reserved }: SplitOrder): Int32Array {
  const ids = new Map<string, number>();
  pieces.forEach((piece, id) => {
    if (!reserved.has(id)) ids.set(piece, id);
  });
  const merges: number[] = [];
  for (const id of order) {
    if (reserved.has(id)) continue;
    const piece = pieces[id] as string;
    const ways: (readonly [number, number])[] = [];
    for (let cut = 1; cut < piece.length; cut += 1) {
      const left = ids.get(piece.slice(0, cut));
      const right = left === undefined ? undefined : ids.get(piece.slice(cut));
      if (left !== undefined && right !== undefined) ways.push([left, right]);
    }
    ways.sort(([a], [b]) => a - b);
    for (const [left, right] of ways) merges.push(left, right, id);
  }
  return Int32Array.from(merges);
}
