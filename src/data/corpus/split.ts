/**
 * Documents into those that train and those that are held out.
 *
 * By hash: the choice depends on a document's text alone, so it stays on its side whatever is added, and equal texts never
 * stand on both sides; both sides are then shuffled, always alike, so that mixed texts alternate. By tail: the last tenth.
 * A text always has both sides: where hashing holds out nothing (or everything), the tail is taken instead.
 */

import { threefry2x32 } from '../../graph/random';
import { isHeldOut, packParagraphs } from '../text';
import type { Document, SplitDocuments } from './documents';

/** Share of a file's text that is held out, and of any text's tail: nanoGPT's. */
const tailShare = 0.1;

/** `share`: of the documents, 0 … 1. */
export function splitByHash(documents: readonly Document[], share: number): SplitDocuments {
  const train: Document[] = [];
  const heldOut: Document[] = [];
  for (const document of documents) (isHeldOut(document.text, share) ? heldOut : train).push(document);
  if (train.length === 0 || heldOut.length === 0) return splitTail(documents);
  return { train: shuffled(train), heldOut: shuffled(heldOut) };
}

/** The last documents with together a tenth of the text; a single document is cut. The order stays. */
export function splitTail(documents: readonly Document[]): SplitDocuments {
  const [only] = documents;
  if (only && documents.length === 1) {
    const { head, tail } = cutTail(only.text);
    return { train: [{ ...only, text: head }], heldOut: [{ ...only, text: tail }] };
  }
  const total = documents.reduce((sum, { text }) => sum + text.length, 0);
  let at = documents.length;
  let length = 0;
  while (at > 1 && length < total * tailShare) {
    at -= 1;
    length += documents[at]?.text.length ?? 0;
  }
  return { train: documents.slice(0, at), heldOut: documents.slice(at) };
}

/** The first nine tenths of a text and its last, never cut inside a character. */
export function cutTail(text: string): { head: string; tail: string } {
  let at = Math.floor(text.length * (1 - tailShare));
  const unit = text.charCodeAt(at);
  if (unit >= 0xdc00 && unit <= 0xdfff) at -= 1;
  return { head: text.slice(0, at), tail: text.slice(at) };
}

/** A file's documents: its paragraphs (blank lines part them), packed with blank lines between them. */
export function fileDocuments(text: string): Document[] {
  const paragraphs = text.split(/\n[^\S\n]*\n/);
  return packParagraphs(paragraphs, undefined, '\n\n').map((part) => ({ text: part, language: null }));
}

/** Fisher–Yates from a fixed key, so that the same documents give the same order in every run. */
function shuffled<T>(list: readonly T[]): T[] {
  const copy = [...list];
  for (let i = copy.length - 1; i > 0; i -= 1) {
    const j = Math.floor((threefry2x32([0x0de1, 0], [i, 0])[0] / 2 ** 32) * (i + 1));
    [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
  }
  return copy;
}
