/**
 * The held-out split: a document is held out when a hash of its text falls below the share asked for. The choice depends on
 * the text alone, so a document stays on its side when sources are added, removed or reordered, and equal texts never stand
 * on both sides.
 */

import { fnv1a } from '../../graph/hash';

/** 32-bit FNV-1a over UTF-16 units, with a final mix so that all bits depend on all units. */
export function textHash(text: string): number {
  let hash = fnv1a(text);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** True for a `share` (0 … 1) of all texts. */
export function isHeldOut(text: string, share = 0.02): boolean {
  return textHash(text) < share * 2 ** 32;
}
