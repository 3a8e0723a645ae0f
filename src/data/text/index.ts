/** Real text, from raw sources to documents. Pure functions; the fetching is done by tools/corpus. */

export { type Document, documentLimit, packParagraphs } from './document';
export { isHeldOut, textHash } from './heldOut';
export { cleanProse, isHeading, novelParagraphs, speechParagraphs, unwrapParagraphs } from './prose';
export { isSuitable } from './suitable';
export { type Poem, poemLines } from './verse';
export { usageExamples } from './wordnet';
