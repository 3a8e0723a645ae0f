/**
 * Where batches take their tokens from: numbered segments, read one after the other. A finite text is one segment that
 * comes again and again (segment i is epoch i); StoryWorld's segments are its documents and never end. Any segment can be
 * had at any time from its number alone, so a place in the data is two numbers and nothing has to be kept.
 */

import type { Ids } from './ids';

export interface TokenSource {
  /** Ids of segment `index` ≥ 0, never empty. */
  segment(index: number): Ids;
  /** Length of the text in tokens; null when it never ends. */
  readonly tokens: number | null;
  /** Opens every document, so it is never predicted; null where documents are not marked. */
  readonly begin: number | null;
}

/** A text that is held in memory. */
export function textSource(ids: Ids, begin: number | null): TokenSource {
  return { segment: () => ids, tokens: ids.length, begin };
}
