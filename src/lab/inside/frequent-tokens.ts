/** The tokens that occur most often in a text: PanGu-π (2312.17276) plots where those of the five most frequent ones stand. */

export interface FrequentToken {
  readonly id: number;
  readonly positions: readonly number[];
}

/** Up to `count` ids that occur at least `occurrences` times from position `first` on; of equals, the one seen first. */
export function frequentTokens(
  ids: ArrayLike<number>,
  first: number,
  count: number,
  occurrences: number,
): readonly FrequentToken[] {
  const positions = new Map<number, number[]>();
  for (let t = first; t < ids.length; t++) {
    const id = ids[t] as number;
    const known = positions.get(id);
    if (known) known.push(t);
    else positions.set(id, [t]);
  }
  return [...positions]
    .map(([id, at]): FrequentToken => ({ id, positions: at }))
    .filter((token) => token.positions.length >= occurrences)
    .sort((a, b) => b.positions.length - a.positions.length)
    .slice(0, count);
}
